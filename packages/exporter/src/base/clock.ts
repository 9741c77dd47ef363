import { performance } from 'node:perf_hooks';
import * as timers from 'node:timers';

/** The source of time. Passed in, so that tests control it. */
export interface Clock {
  /** Monotonic time in milliseconds, from an arbitrary zero. */
  now(): number;
  /** Unix milliseconds. */
  wallNow(): number;
  /**
   * Calls `fn` once after `ms` milliseconds, at most 24 days. The returned function cancels it.
   * `holdProcess: true` keeps the process alive until then.
   */
  after(ms: number, fn: () => void, options?: { readonly holdProcess?: boolean }): () => void;
  /** Calls `fn` once, in the next turn of the event loop. */
  soon(fn: () => void): void;
}

/** The longest time that Node accepts; it runs longer timers at once. */
const LONGEST_MS = 2 ** 31 - 1;

// Read when the module is loaded, so that tests which fake time later do not stop the exporter. From Node's modules, because
// browser-like test environments have no setImmediate, and timers without unref().
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
