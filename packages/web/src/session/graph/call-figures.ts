import type { ReplayObservation } from '@powerrag/protocol';
import { isError } from '../state/session-history.js';
import { countAtOrBelow } from '../state/sorted.js';

/** What some calls come to. */
export interface CallFigures {
  readonly calls: number;
  /** Of those that ended, added up: calls at the same time count each. */
  readonly timeMs: number;
  readonly errors: number;
}

/** Adds up calls as of any moment, each time at the cost of a few binary searches. */
export class CallTotals {
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #timeByEnd: Float64Array;
  readonly #errorTimes: Float64Array;

  constructor(calls: readonly ReplayObservation[]) {
    const ended = calls
      .flatMap(({ startMs, endMs }) => (endMs === null ? [] : [{ startMs, endMs }]))
      .sort((a, b) => a.endMs - b.endMs);
    this.#starts = Float64Array.from(calls, ({ startMs }) => startMs).sort();
    this.#ends = Float64Array.from(ended, ({ endMs }) => endMs);
    this.#timeByEnd = new Float64Array(ended.length + 1);
    ended.forEach(({ startMs, endMs }, n) => {
      this.#timeByEnd[n + 1] = (this.#timeByEnd[n] ?? 0) + endMs - startMs;
    });
    this.#errorTimes = Float64Array.from(calls.filter(isError), ({ startMs, endMs }) => endMs ?? startMs).sort();
  }

  /** What was known at a moment. */
  asOf(timeMs: number): CallFigures {
    return {
      calls: countAtOrBelow(this.#starts, timeMs),
      timeMs: this.#timeByEnd[countAtOrBelow(this.#ends, timeMs)] ?? 0,
      errors: countAtOrBelow(this.#errorTimes, timeMs),
    };
  }
}
