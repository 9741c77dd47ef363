import { realpathSync, statSync } from 'node:fs';
import {
  anyDriver,
  backUpDatabase,
  restoreDatabase,
  unfinishedBackup,
  unfinishedRestore,
} from '../store/sqlite/index.js';
import type { CopyCalls } from '../threads/copy-worker.js';
import { Thread } from '../threads/thread.js';
import type { FileCommandDeps } from './file-command-deps.js';

/** Milliseconds between two looks at how large the copy is. */
const LOOK_EVERY_MS = 200;

/** Far above what SQLite needs in JavaScript. */
const MEMORY_MIB = 256;

/** Copies a database to a file that does not exist. Rejects with `DatabaseUnusable`, leaving no file. */
export function backUp(from: string, to: string, deps: FileCommandDeps): ReturnType<CopyCalls['backUp']> {
  return copying(
    { from, unfinished: unfinishedBackup(to) },
    deps,
    (thread) => thread.call('backUp', [from, to]),
    () => backUpDatabase(from, to, anyDriver()),
  );
}

/** Puts a backup in the place of a database. Rejects with `DatabaseUnusable`, with the database unchanged. */
export function restore(
  backup: string,
  database: string,
  how: Parameters<CopyCalls['restore']>[2],
  deps: FileCommandDeps,
): ReturnType<CopyCalls['restore']> {
  return copying(
    { from: backup, unfinished: unfinishedRestore(realOf(database)) },
    deps,
    (thread) => thread.call('restore', [backup, database, how]),
    () => restoreDatabase(backup, database, anyDriver(), how),
  );
}

/** In a worker, with progress; or in this thread, which then stands still, where there is no program for one. */
async function copying<T>(
  files: { readonly from: string; readonly unfinished: string },
  { workerFile, progress, say }: FileCommandDeps,
  inWorker: (thread: Thread<CopyCalls>) => Promise<T>,
  here: () => T,
): Promise<T> {
  if (workerFile === undefined) return here();
  const log = { info: say, error: say };
  const thread = new Thread<CopyCalls>({ file: workerFile, data: { kind: 'copy' }, memoryMiB: MEMORY_MIB, log });
  const shown = progress('Copying', 'bytes');
  const looking = setInterval(() => shown.update(sizeOf(files.unfinished), sizeOf(files.from)), LOOK_EVERY_MS);
  try {
    await thread.ready;
    return await inWorker(thread);
  } finally {
    clearInterval(looking);
    shown.end();
    await thread.terminate();
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function realOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
