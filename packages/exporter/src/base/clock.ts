import { performance } from 'node:perf_hooks';
import * as timers from 'node:timers';

/** Time, as everything here reads it. Passed in, so that a test decides what time it is. */
export interface Clock {
  /** Milliseconds on a scale that never steps back, from an arbitrary zero. */
  now(): number;
  /** Unix milliseconds. */
  wallNow(): number;
  /**
   * Calls `fn` once, after `ms` milliseconds, or 24 days if that is less. The returned function cancels it.
   * `holdProcess: true` keeps the process alive until then; otherwise the wait never delays its end.
   */
  after(ms: number, fn: () => void, options?: { readonly holdProcess?: boolean }): () => void;
  /** Calls `fn` once, in the next turn of the event loop. */
  soon(fn: () => void): void;
}

/** Node calls at once what is to wait for longer. */
const LONGEST_MS = 2 ** 31 - 1;

// Taken when the module is loaded: a test that fakes time later does not stop the exporter. From Node's modules, since Jest fakes
// only the globals of its test environment, and a browser-like one has no setImmediate and timers without unref().
const { clearTimeout, setImmediate, setTimeout } = timers;
const now = performance.now.bind(performance);
const wallNow = Date.now;

export const systemClock: Clock = {
  now,
  wallNow: () => wallNow(),
  after(ms, fn, options) {
    const timer = setTimeout(fn, Math.min(ms, LONGEST_MS));
    if (options?.holdProcess !== true) timer.unref();
    return () => clearTimeout(timer);
  },
  soon: (fn) => {
    setImmediate(fn);
  },
};
