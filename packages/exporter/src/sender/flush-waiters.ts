import type { Clock } from '../base/clock.js';

interface Waiter {
  /** Order of the last span to wait for. */
  readonly upTo: number;
  readonly resolve: () => void;
}

/** The callers that wait for a flush. */
export class FlushWaiters {
  readonly #clock: Clock;
  readonly #waiters = new Set<Waiter>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#waiters.size;
  }

  /**
   * Resolves with false when the spans up to this order have left, or waiting is useless; with true after `timeoutMs`. Keeps the
   * process alive until then.
   */
  wait(upTo: number, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (timedOut: boolean): void => {
        cancel();
        this.#waiters.delete(waiter);
        resolve(timedOut);
      };
      const waiter: Waiter = { upTo, resolve: () => done(false) };
      const cancel = this.#clock.after(timeoutMs, () => done(true), { holdProcess: true });
      this.#waiters.add(waiter);
    });
  }

  /** @param first order of the first span that is still pending. */
  resolveBefore(first: number): void {
    for (const waiter of [...this.#waiters]) if (first > waiter.upTo) waiter.resolve();
  }

  resolveAll(): void {
    for (const waiter of [...this.#waiters]) waiter.resolve();
  }
}
