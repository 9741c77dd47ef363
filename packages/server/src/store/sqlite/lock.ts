import { closeSync, existsSync, lstatSync, openSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Database, type Driver, isBusy } from './driver.js';
import { DatabaseUnusable, explain } from './unusable.js';

/** The number of links in a row that Linux follows. */
const MAX_LINKS = 40;

/** Keeps other servers from a database. */
export interface DatabaseLock {
  /** The real path of the database, which may not exist yet. */
  readonly file: string;
  /** Whether the database was locked before, now or in the past. */
  readonly wasUsed: boolean;
  /** Call it after closing the database. */
  release(): void;
}

/** Takes the lock of a database. Throws `DatabaseUnusable` when another server has it. */
export function lockDatabase(path: string, driver: Driver): DatabaseLock {
  let file: string;
  try {
    file = realFile(path);
  } catch (error) {
    throw error instanceof DatabaseUnusable ? error : new DatabaseUnusable(explain(error, path), { cause: error });
  }
  const wasUsed = existsSync(`${file}-lock`);
  return { file, wasUsed, release: lock(file, driver) };
}

/** The path without links, also of a file that does not exist yet. Throws `DatabaseUnusable` when its folder does not exist. */
function realFile(path: string, links = 0): string {
  const folder = dirname(resolve(path));
  if (!existsSync(folder)) {
    throw new DatabaseUnusable(
      `The folder of the database, ${folder}, does not exist; create it or name another with --database.`,
    );
  }
  if (existsSync(path)) return realpathSync(path);
  // A link may point to a file that does not exist yet.
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
    if (links === MAX_LINKS) throw new DatabaseUnusable(`${path} is a link that leads in a circle.`);
    return realFile(resolve(folder, readlinkSync(path)), links + 1);
  }
  return join(realpathSync(folder), basename(path));
}

/**
 * An exclusive transaction on a small SQLite file beside the database: the operating system releases it when the process dies,
 * however it dies.
 */
function lock(file: string, driver: Driver): () => void {
  const lockFile = `${file}-lock`;
  let database: Database | undefined;
  try {
    closeSync(openSync(lockFile, 'a', 0o600));
    database = driver(lockFile);
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if (isBusy(error)) {
      throw new DatabaseUnusable(
        `Another PowerRAG server is using ${file}; stop it, or name another file with --database.`,
      );
    }
    throw new DatabaseUnusable(explain(error, lockFile), { cause: error });
  }
  return () => database.close();
}
