import type { Clock } from '../base/clock.js';

interface Waiter {
  /** Spans up to this one are waited for. */
  readonly upTo: number;
  readonly resolve: () => void;
}

/** Those who wait for a flush. */
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
   * Resolves when spans up to that one have left, or there is no use in waiting, or after that time: then with true. Keeps the
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

  /** @param first the first span that is still held. */
  resolveBefore(first: number): void {
    for (const waiter of [...this.#waiters]) if (first > waiter.upTo) waiter.resolve();
  }

  resolveAll(): void {
    for (const waiter of [...this.#waiters]) waiter.resolve();
  }
}
