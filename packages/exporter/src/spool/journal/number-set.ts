interface Range {
  first: number;
  last: number;
}

/** A set of integers as ranges: its memory grows with the number of gaps, not of integers. */
export class NumberSet {
  /** Ascending, with a gap between any two. */
  readonly #ranges: Range[] = [];

  /** Number of ranges. */
  get runs(): number {
    return this.#ranges.length;
  }

  has(number: number): boolean {
    const range = this.#ranges[this.#firstReaching(number)];
    return range !== undefined && range.first <= number;
  }

  add(number: number): void {
    const index = this.#firstReaching(number - 1);
    const range = this.#ranges[index];
    if (range === undefined || range.first > number + 1) {
      this.#ranges.splice(index, 0, { first: number, last: number });
      return;
    }
    range.first = Math.min(range.first, number);
    range.last = Math.max(range.last, number);
    const next = this.#ranges[index + 1];
    if (next === undefined || next.first > range.last + 1) return;
    range.last = next.last;
    this.#ranges.splice(index + 1, 1);
  }

  /** Index of the first range that ends at `number` or later. */
  #firstReaching(number: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranges[middle]?.last ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
