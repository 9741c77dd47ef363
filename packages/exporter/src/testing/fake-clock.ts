import type { Clock } from '../base/clock.js';

interface Timer {
  readonly at: number;
  readonly fn: () => void;
}

/** A clock that moves only when told to. */
export class FakeClock implements Clock {
  #now = 1_000_000;
  readonly #timers = new Set<Timer>();
  #soon: (() => void)[] = [];

  now = (): number => this.#now;
  wallNow = (): number => 1_764_000_000_000 + this.#now;

  after = (ms: number, fn: () => void): (() => void) => {
    const timer = { at: this.#now + ms, fn };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  soon = (fn: () => void): void => {
    this.#soon.push(fn);
  };

  /** How many timers wait. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Runs what is due now, and what that makes due, until nothing is. */
  async settle(): Promise<void> {
    for (;;) {
      const due = this.#soon;
      this.#soon = [];
      for (const fn of due) fn();
      // Promises of a fake transport settle in between.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#soon.length === 0) return;
    }
  }

  /** Moves on, stopping at each timer on the way. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.settle();
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.fn();
      await this.settle();
    }
    this.#now = end;
  }
}
