import type { Log } from '../base/log.js';
import { plural } from '../base/plural.js';
import { DEFAULT_PROJECT_ID } from '../base/project.js';
import type { Changes } from '../live/changes.js';
import type { Retention } from '../store/retention.js';
import { StoreUnavailable } from '../store/unavailable.js';

export const DAY_MS = 24 * 60 * 60 * 1000;

/** Between two looks for what is old. */
const EVERY_MS = 60 * 60 * 1000;

export interface RetentionScheduleDeps extends Pick<Retention, 'deleteTraces'> {
  readonly changes: Changes;
  readonly log: Log;
  /** Unix milliseconds. Default: the clock. */
  readonly now?: () => number;
}

/**
 * Deletes traces that ended more than `days` ago, now and every hour.
 *
 * @returns stops it.
 */
export function keepFor(days: number, deps: RetentionScheduleDeps): () => void {
  let isRunning = false;
  const run = async () => {
    if (isRunning) return;
    isRunning = true;
    await deleteOld(days, deps);
    isRunning = false;
  };
  const timer = setInterval(() => void run(), EVERY_MS).unref();
  void run();
  return () => clearInterval(timer);
}

/** One look. Never rejects: what could not be deleted is tried again by the next. */
export async function deleteOld(days: number, deps: RetentionScheduleDeps): Promise<void> {
  const { deleteTraces, changes, log, now = Date.now } = deps;
  try {
    const endedBeforeMs = now() - days * DAY_MS;
    const count = await deleteTraces(DEFAULT_PROJECT_ID, { kind: 'ended-before', endedBeforeMs });
    if (count === 0) return;
    changes.deleted(DEFAULT_PROJECT_ID);
    log.info(`deleted ${plural(count, 'trace')} older than ${plural(days, 'day')}`);
  } catch (error) {
    // Of a file that is gone the log says enough.
    if (!(error instanceof StoreUnavailable))
      log.error('old traces could not be deleted; trying again in an hour', error);
  }
}
