import type { Log } from '../../base/log.js';
import { StoreUnavailable } from '../unavailable.js';

/**
 * Does something again and again, one at a time. When the database cannot be reached, the next time does the same.
 *
 * @param what is done, for the log, when it fails for another reason.
 * @returns ends it; resolves when nothing is running.
 */
export function repeat(run: () => Promise<void>, everyMs: number, log: Log, what: string): () => Promise<void> {
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= run()
      .catch((error: unknown) => {
        // Said in the log by the connection.
        if (!(error instanceof StoreUnavailable)) log.error(`${what} failed`, error);
      })
      .finally(() => {
        running = null;
      });
  }, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
