import type { Clock } from '../clock.js';

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

  /** Resolves when spans up to that one have left, or after that time. Keeps the process alive until then. */
  async wait(upTo: number, timeoutMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        cancel();
        this.#waiters.delete(waiter);
        resolve();
      };
      const waiter: Waiter = { upTo, resolve: done };
      const cancel = this.#clock.after(timeoutMs, done, { holdProcess: true });
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
