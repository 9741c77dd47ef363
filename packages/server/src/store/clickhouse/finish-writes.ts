import { StoreUnavailable } from '../unavailable.js';
import type { PendingWrites } from './pending-writes.js';
import type { ClickhouseWriter } from './writer.js';

/** Seconds after which a write that is not finished is taken over: longer than any statement of its writer takes. */
const TAKE_OVER_AFTER_S = 60;
/** Milliseconds between two looks. */
const LOOK_EVERY_MS = 30_000;

export interface FinishWritesOptions {
  readonly pending: PendingWrites;
  readonly writer: ClickhouseWriter;
  /** Default 60. */
  readonly takeOverAfterS?: number;
  /** Default 30,000. */
  readonly lookEveryMs?: number;
}

/**
 * Finishes the writes of nodes that ended between storing a batch and computing the rows of its traces. Every node does: the rows
 * that two of them compute are the same.
 *
 * @returns ends it.
 */
export function finishWrites(options: FinishWritesOptions): () => Promise<void> {
  const { pending, writer, takeOverAfterS = TAKE_OVER_AFTER_S, lookEveryMs = LOOK_EVERY_MS } = options;
  let looking: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    for (const write of await pending.unfinished(takeOverAfterS)) {
      await writer.compute(write.project_id, write.trace_ids);
      pending.finish(write);
    }
  };
  const timer = setInterval(() => {
    looking = looking.then(look).catch((error: unknown) => {
      // Said in the log by the connection; the next look finds the same.
      if (!(error instanceof StoreUnavailable)) throw error;
    });
  }, lookEveryMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await looking;
  };
}
