import { Refusal } from '../otlp/refusal.js';

/** Bounds the bytes that all requests in work hold together. */
export class MemoryBudget {
  readonly #limit: number;
  #taken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A share that starts empty. Whoever opens one releases it. */
  open(): MemoryShare {
    let held = 0;
    return {
      grow: (bytes) => {
        // A request that is alone may take what it needs: its own limits bound it, and it could never pass otherwise.
        const others = this.#taken - held;
        if (others > 0 && this.#taken + bytes > this.#limit) {
          throw new Refusal(
            503,
            'The server has as many requests in work as its memory allows; send this batch again.',
          );
        }
        this.#taken += bytes;
        held += bytes;
      },
      release: () => {
        this.#taken -= held;
        held = 0;
      },
    };
  }
}

/** What one request holds of the budget. */
export interface MemoryShare {
  /** Throws a `Refusal` (503) when the budget has not that much left. */
  grow(bytes: number): void;
  release(): void;
}
