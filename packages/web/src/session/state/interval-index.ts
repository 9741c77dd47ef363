import { countAtOrBelow } from './sorted.js';

export interface Interval {
  readonly startMs: number;
  /** Null while it is open: it reaches to the end of time. */
  readonly endMs: number | null;
}

/**
 * Answers "what was open between these two moments" over intervals that are sorted by start.
 * A tree of the latest end under each node lets a query skip whatever had ended, so it costs O(hits · log n).
 */
export class IntervalIndex {
  readonly #starts: Float64Array;
  readonly #latestEnds: Float64Array;
  readonly #leaves: number;

  /** @throws RangeError when the intervals are not in order of start. */
  constructor(intervals: readonly Interval[]) {
    this.#starts = Float64Array.from(intervals, (interval) => interval.startMs);
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(1, intervals.length)));
    this.#latestEnds = new Float64Array(2 * this.#leaves).fill(Number.NEGATIVE_INFINITY);
    intervals.forEach((interval, position) => {
      if (position > 0 && interval.startMs < (this.#starts[position - 1] ?? 0)) {
        throw new RangeError(`intervals must be in order of start; number ${position} is not`);
      }
      this.#latestEnds[this.#leaves + position] = interval.endMs ?? Number.POSITIVE_INFINITY;
    });
    for (let node = this.#leaves - 1; node > 0; node--) {
      this.#latestEnds[node] = Math.max(this.#latestEnd(2 * node), this.#latestEnd(2 * node + 1));
    }
  }

  /** Positions, ascending, of the intervals that had begun by `moment` and end after it. */
  openAt(moment: number): number[] {
    return this.#collect(countAtOrBelow(this.#starts, moment), moment);
  }

  /** Positions, ascending, of the intervals that share any time with `from` to `to`, an end that touches `from` included. */
  overlapping(from: number, to: number): number[] {
    return this.#collect(countAtOrBelow(this.#starts, to), previousFloat(from));
  }

  #latestEnd(node: number): number {
    return this.#latestEnds[node] ?? Number.NEGATIVE_INFINITY;
  }

  #collect(startedCount: number, endsAfter: number): number[] {
    const hits: number[] = [];
    const visit = (node: number, first: number, size: number): void => {
      if (first >= startedCount || this.#latestEnd(node) <= endsAfter) return;
      if (size === 1) {
        hits.push(first);
        return;
      }
      visit(2 * node, first, size / 2);
      visit(2 * node + 1, first + size / 2, size / 2);
    };
    visit(1, 0, this.#leaves);
    return hits;
  }
}

function previousFloat(value: number): number {
  return value - Math.max(Math.abs(value) * Number.EPSILON, Number.MIN_VALUE);
}
