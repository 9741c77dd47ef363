import { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import type { IngestLimits } from '../otlp/limits.js';
import { readSent, type SentBody } from './body.js';
import type { MemoryBudget } from './memory-budget.js';
import type { IngestQueue } from './queue.js';

/** Reads request bodies and gives each its turn to be stored. Shared by all endpoints that take batches. */
export class BodyTaker {
  readonly #limits: IngestLimits;
  readonly #budget: MemoryBudget;
  readonly #queue: IngestQueue;

  /** @param budget of the bodies of all requests in progress. */
  constructor(limits: IngestLimits, budget: MemoryBudget, queue: IngestQueue) {
    this.#limits = limits;
    this.#budget = budget;
    this.#queue = queue;
  }

  /**
   * The result of `work` for the body. Throws a `Refusal` if the body cannot be taken: 503 before reading if the server is
   * overloaded, else like `readSent`.
   */
  async take<T>(context: Context, work: (body: SentBody) => Promise<T>): Promise<T> {
    this.#queue.admit(Number(context.req.header('content-length') ?? 0));
    const share = this.#budget.open();
    try {
      const body = await readSent(context.req.raw, this.#limits, share);
      return await this.#queue.run(
        body,
        () => hasLeft(context),
        () => work(body),
      );
    } finally {
      share.release();
    }
  }
}

/** Whether the connection is closed. False if the request has no connection (in tests). */
function hasLeft(context: Context): boolean {
  const { incoming } = (context.env ?? {}) as { incoming?: unknown };
  return incoming instanceof IncomingMessage && incoming.socket.destroyed;
}
