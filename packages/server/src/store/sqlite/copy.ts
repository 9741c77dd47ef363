import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import type { Database, Driver } from './driver.js';
import { lockDatabase } from './lock.js';
import { identify } from './open.js';
import { DatabaseUnusable, explain } from './unusable.js';

/** Where a backup is until it is complete. */
export function unfinishedBackup(to: string): string {
  return `${to}-unfinished`;
}

/** Where the content of a backup is until it takes the place of the database. */
export function unfinishedRestore(database: string): string {
  return `${database}-restored`;
}

/** What a copy holds. */
export interface CopiedDatabase {
  readonly file: string;
  readonly bytes: number;
}

/**
 * Copies a database, of a running server too: everything that was acknowledged before the call is in the copy, and what is
 * stored meanwhile is not. The copy is checked for damage before it gets its name, and readable by its owner only.
 *
 * `VACUUM INTO` reads one snapshot; SQLite's backup API starts over whenever another process writes, and so may never end.
 *
 * @param to must not exist.
 * @throws DatabaseUnusable, with nothing left at `to`.
 */
export function backUpDatabase(from: string, to: string, driver: Driver): CopiedDatabase {
  if (existsSync(to)) throw new DatabaseUnusable(`${to} exists already; name another file.`);
  const unfinished = unfinishedBackup(to);
  copyTo(unfinished, from, driver);
  try {
    // Unlike a rename, a link never replaces what somebody else has put there.
    linkSync(unfinished, to);
  } catch (error) {
    throw new DatabaseUnusable(`${to} cannot be written: ${reasonOf(error)}`, { cause: error });
  } finally {
    rmSync(unfinished, { force: true });
  }
  return { file: to, bytes: statSync(to).size };
}

/** A database that was put in place. */
export interface RestoredDatabase extends CopiedDatabase {
  /** Where the database that was there is now; null when there was none. */
  readonly replaced: string | null;
}

/**
 * Puts a checked copy of a backup in the place of a database that no server uses. The backup stays as it is.
 *
 * @param replace whether a database may be there already; it is kept beside the new one.
 * @throws DatabaseUnusable, with the database unchanged.
 */
export function restoreDatabase(
  backup: string,
  database: string,
  driver: Driver,
  { replace, now }: { readonly replace: boolean; readonly now: number },
): RestoredDatabase {
  const lock = lockDatabase(database, driver);
  const { file } = lock;
  const unfinished = unfinishedRestore(file);
  try {
    const isThere = existsSync(file) && statSync(file).size > 0;
    if (isThere && !replace) {
      throw new DatabaseUnusable(`${database} exists already; add --replace to keep it aside, or name another file.`);
    }
    copyTo(unfinished, backup, driver);
    const aside = `${file}-before-${now}`;
    if (isThere) emptyLog(file, driver);
    for (const end of ['-wal', '-shm']) {
      if (existsSync(`${file}${end}`)) renameSync(`${file}${end}`, `${aside}${end}`);
    }
    if (isThere) linkSync(file, aside);
    renameSync(unfinished, file);
    return { file, bytes: statSync(file).size, replaced: isThere ? aside : null };
  } catch (error) {
    throw error instanceof DatabaseUnusable ? error : new DatabaseUnusable(explain(error, database), { cause: error });
  } finally {
    rmSync(unfinished, { force: true });
    lock.release();
  }
}

/** Moves the write-ahead log into the file. A file too damaged for that keeps its log. */
function emptyLog(file: string, driver: Driver): void {
  try {
    const database = driver(file);
    try {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } finally {
      database.close();
    }
  } catch {
    // Damage may be the very reason for the restore.
  }
}

function copyTo(target: string, from: string, driver: Driver): void {
  if (!existsSync(from)) throw new DatabaseUnusable(`${from} does not exist; name the file to copy.`);
  rmSync(target, { force: true });
  try {
    // SQLite fills a file that exists only when it is empty: this one gets its mode before its content.
    closeSync(openSync(target, 'wx', 0o600));
    using(driver(from, { readOnly: true }), (database) => {
      identify(database, from);
      database.exec('PRAGMA busy_timeout = 5000');
      database.prepare('VACUUM INTO ?').run(target);
    });
    using(driver(target, { readOnly: true }), (database) => {
      const found = damageOf(database);
      if (found !== null) throw new DatabaseUnusable(`${from} is damaged (${found}); nothing was written.`);
    });
    const descriptor = openSync(target, 'r+');
    fsyncSync(descriptor);
    closeSync(descriptor);
  } catch (error) {
    rmSync(target, { force: true });
    throw error instanceof DatabaseUnusable ? error : new DatabaseUnusable(explain(error, from), { cause: error });
  }
}

/** What SQLite finds wrong with a database, its first finding; null when it is sound. Reads all of it. */
function damageOf(database: Database): string | null {
  const row = database.prepare('PRAGMA integrity_check(1)').get() as { integrity_check: string };
  return row.integrity_check === 'ok' ? null : row.integrity_check;
}

function using(database: Database, use: (database: Database) => void): void {
  try {
    use(database);
  } finally {
    database.close();
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
