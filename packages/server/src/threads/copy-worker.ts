import { anyDriver, backUpDatabase, restoreDatabase } from '../store/sqlite/index.js';
import type { Calls } from './messages.js';

export interface CopyWorkerData {
  readonly kind: 'copy';
}

/** What the worker does for a command, so that its main thread can show how far the copy is. Both reject with `DatabaseUnusable`. */
export type CopyCalls = {
  backUp(from: string, to: string): Promise<ReturnType<typeof backUpDatabase>>;
  restore(
    backup: string,
    database: string,
    how: Parameters<typeof restoreDatabase>[3],
  ): Promise<ReturnType<typeof restoreDatabase>>;
};

export function startCopies(): Calls {
  return {
    backUp: async (from, to) => backUpDatabase(from, to, anyDriver()),
    restore: async (backup, database, how) => restoreDatabase(backup, database, anyDriver(), how),
  } satisfies CopyCalls;
}
