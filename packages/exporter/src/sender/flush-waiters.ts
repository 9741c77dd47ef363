import type { Clock } from '../base/clock.js';

export interface FlushLimits {
  /** Most milliseconds to wait. */
  readonly timeoutMs: number;
  /**
   * Most milliseconds to wait for a server to which no connection can be made and that has never answered. Set when the process
   * is ending. Default: `timeoutMs`.
   */
  readonly unreachableTimeoutMs?: number | undefined;
}

interface Waiter {
  /** Order of the last span to wait for. */
  readonly upTo: number;
  readonly isAtExit: boolean;
  readonly resolve: () => void;
  /** Ends the wait as at its deadline, if `unreachableTimeoutMs` has passed. */
  readonly endIfUnreachable: () => void;
}

/** The callers that wait for a flush. */
export class FlushWaiters {
  readonly #clock: Clock;
  readonly #isUnreachable: () => boolean;
  readonly #waiters = new Set<Waiter>();

  /** @param isUnreachable whether the server cannot be reached and no request is trying to. */
  constructor(clock: Clock, isUnreachable: () => boolean) {
    this.#clock = clock;
    this.#isUnreachable = isUnreachable;
  }

  get size(): number {
    return this.#waiters.size;
  }

  /** Whether a caller waits because the process is ending. */
  get isAtExit(): boolean {
    for (const waiter of this.#waiters) if (waiter.isAtExit) return true;
    return false;
  }

  /**
   * Resolves with false when the spans up to this order have left, or waiting is useless; with true at a limit. Keeps the process
   * alive until then.
   */
  wait(upTo: number, { timeoutMs, unreachableTimeoutMs = timeoutMs }: FlushLimits): Promise<boolean> {
    return new Promise((resolve) => {
      let isPatient = true;
      const done = (timedOut: boolean): void => {
        cancel();
        cancelPatience();
        this.#waiters.delete(waiter);
        resolve(timedOut);
      };
      const waiter: Waiter = {
        upTo,
        isAtExit: unreachableTimeoutMs < timeoutMs,
        resolve: () => done(false),
        endIfUnreachable: () => {
          if (!isPatient && this.#isUnreachable()) done(true);
        },
      };
      const cancel = this.#clock.after(timeoutMs, () => done(true), { holdProcess: true });
      const endPatience = (): void => {
        isPatient = false;
        waiter.endIfUnreachable();
      };
      const cancelPatience = waiter.isAtExit ? this.#clock.after(unreachableTimeoutMs, endPatience) : () => {};
      this.#waiters.add(waiter);
    });
  }

  /** @param first order of the first span that is still pending. */
  resolveBefore(first: number): void {
    for (const waiter of [...this.#waiters]) if (first > waiter.upTo) waiter.resolve();
  }

  /** Call this when a request has ended. */
  endIfUnreachable(): void {
    for (const waiter of [...this.#waiters]) waiter.endIfUnreachable();
  }

  resolveAll(): void {
    for (const waiter of [...this.#waiters]) waiter.resolve();
  }
}
