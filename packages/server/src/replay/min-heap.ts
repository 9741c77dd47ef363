/** Numbers with a value each; gives back the least first. */
export class MinHeap<T> {
  readonly #entries: { readonly priority: number; readonly value: T }[] = [];

  /** The least priority, or infinity when there is none. */
  get least(): number {
    return this.#entries[0]?.priority ?? Number.POSITIVE_INFINITY;
  }

  push(priority: number, value: T): void {
    let at = this.#entries.length;
    this.#entries.push({ priority, value });
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (this.#priority(parent) <= priority) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** Takes the value of the least priority out. */
  pop(): T | undefined {
    this.#swap(0, this.#entries.length - 1);
    const least = this.#entries.pop();
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const child = this.#priority(right) < this.#priority(left) ? right : left;
      if (this.#priority(at) <= this.#priority(child)) return least?.value;
      this.#swap(at, child);
      at = child;
    }
  }

  /** Infinity where there is no entry, so that nothing sinks below the last. */
  #priority(at: number): number {
    return this.#entries[at]?.priority ?? Number.POSITIVE_INFINITY;
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#entries[a], this.#entries[b]];
    if (first === undefined || second === undefined) return;
    this.#entries[a] = second;
    this.#entries[b] = first;
  }
}
