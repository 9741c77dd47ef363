import { Refusal } from '../otlp/refusal.js';

/** Limits the bytes that all requests in progress hold together. */
export class MemoryBudget {
  readonly #limit: number;
  #taken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A share that starts empty. The caller releases it. */
  open(): MemoryShare {
    let held = 0;
    return {
      grow: (bytes) => {
        // A single request may take what it needs: it has its own limits, and would otherwise never succeed.
        const others = this.#taken - held;
        if (others > 0 && this.#taken + bytes > this.#limit) {
          throw new Refusal(503, 'The server is busy; send this batch again later.');
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

/** The part of the budget that one request holds. */
export interface MemoryShare {
  /** Throws a `Refusal` (503) if the budget has too little left. */
  grow(bytes: number): void;
  release(): void;
}
