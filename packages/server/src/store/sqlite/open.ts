import { closeSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Log } from '../../base/log.js';
import type { Database, Driver } from './driver.js';
import { healTimes } from './heal-times.js';
import { type DatabaseLock, lockDatabase } from './lock.js';
import { isLogOf } from './mark.js';
import { MIGRATIONS } from './migrations.js';
import { inTransaction } from './transaction.js';
import { DatabaseUnusable, explain } from './unusable.js';

/** Marks a SQLite file as ours: "PRAG" in its header. */
const APPLICATION_ID = 0x50524147;

/** A database up to this size, in bytes, is checked for damage at each start: that reads all of it. */
const CHECKED_BYTES = 128 * 1024 * 1024;

/**
 * Of a new file. A page holds several texts of the length of an answer: of SQLite's default of 4,096 bytes they leave a third unused.
 * A larger page would cost each write to an index more.
 */
const PAGE_BYTES = 8_192;
/**
 * Bytes in the write-ahead log after which it is moved into the file. Pages that change with every batch (the ends of the indexes) are
 * then written once for many batches; SQLite's default of 1,000 pages is one or two batches.
 */
const CHECKPOINT_BYTES = 16 * 1024 * 1024;
/** Memory for pages of the file. What is not in it is mostly in the file cache of the operating system. */
const CACHE_KIB = 32 * 1024;
const JOURNAL_SIZE_LIMIT = 64 * 1024 * 1024;

export interface OpenDatabase {
  readonly database: Database;
  /** The real path. */
  readonly file: string;
  /** Releases the lock on the file. Call it after closing the database. */
  unlock(): void;
}

/** How a database is opened that this process may have open already. */
export interface OpenOptions {
  /** The lock of the database, when the caller holds it. Default: it is taken, and released with the database. */
  readonly lock?: DatabaseLock;
  /** Whether this process has the database open and has checked it. Default false. */
  readonly isReopened?: boolean;
  /** Bytes of the write-ahead log at which nothing more is stored while it cannot be emptied. Default 1 GiB. */
  readonly maxLogBytes?: number;
  /** Bytes of a database up to which it is checked for damage. Default 128 MiB. */
  readonly checkedBytes?: number;
}

/** Opens or creates the database, takes its lock, and brings its schema up to date. Throws `DatabaseUnusable`. */
export function openDatabase(path: string, driver: Driver, log: Log, options: OpenOptions = {}): OpenDatabase {
  const lock = options.lock ?? lockDatabase(path, driver);
  const { file } = lock;
  const unlock = () => {
    if (options.lock === undefined) lock.release();
  };
  let database: Database | undefined;
  try {
    if (options.isReopened !== true) prepareFile(file, lock.wasUsed, driver, log);
    database = driver(file);
    identify(database, path);
    configure(database);
    migrate(database, path, log);
    healTimes(database, Date.now());
    if (options.isReopened !== true) checkForDamage(database, { file, path, log, ...options });
    return { database, file, unlock };
  } catch (error) {
    database?.close();
    unlock();
    throw error instanceof DatabaseUnusable ? error : new DatabaseUnusable(explain(error, path), { cause: error });
  }
}

/** Makes sure that SQLite can open the file and that the log beside it is its own. With the lock held. */
function prepareFile(file: string, wasUsed: boolean, driver: Driver, log: Log): void {
  const found = statSync(file, { throwIfNoEntry: false });
  const wal = statSync(`${file}-wal`, { throwIfNoEntry: false });
  const hasLog = wal !== undefined && wal.size > 0;
  if (found !== undefined && !found.isDirectory()) {
    if (found.nlink > 1) {
      throw new DatabaseUnusable(
        `${file} has a second name (a hard link), under which another program could write past this server; delete one of the two names, or make a copy instead.`,
      );
    }
    if (found.size === 0 && (hasLog || wasUsed)) {
      throw new DatabaseUnusable(
        `${file} is empty, but has been the database of a server: its content is lost. Restore it from a backup; or, to start anew, delete it and the files beside it whose names begin with ${basename(file)}.`,
      );
    }
    if (found.size === 0) log.info(`${file} was empty; it is now a new database`);
  }
  if (hasLog && (found === undefined || !isLogOf(`${file}-wal`, file))) {
    const aside = `${file}-wal-aside-${Math.trunc(wal.mtimeMs)}`;
    renameSync(`${file}-wal`, aside);
    rmSync(`${file}-shm`, { force: true });
    log.error(`${file}-wal belongs to another database file; it was renamed to ${aside}`);
  }
  if (found === undefined) create(file, driver);
}

/** Creates the file readable by its owner only; SQLite's files beside it get the same mode. It is never visible empty. */
function create(file: string, driver: Driver): void {
  const unfinished = `${file}-new`;
  for (const end of ['', '-journal']) rmSync(`${unfinished}${end}`, { force: true });
  closeSync(openSync(unfinished, 'a', 0o600));
  const database = driver(unfinished);
  try {
    database.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA application_id = ${APPLICATION_ID}`);
  } finally {
    database.close();
  }
  renameSync(unfinished, file);
}

/** Throws `DatabaseUnusable` when the database is not ours, or of a later version. */
export function identify(database: Database, path: string): void {
  const applicationId = pragma(database, 'application_id');
  const tables = database.prepare('SELECT count(*) AS count FROM sqlite_schema').get() as { count: number };
  if (applicationId !== APPLICATION_ID && (applicationId !== 0 || tables.count > 0)) {
    throw new DatabaseUnusable(`${path} is a database of another program; name another file with --database.`);
  }
  const version = pragma(database, 'user_version');
  if (version > MIGRATIONS.length) {
    throw new DatabaseUnusable(
      `${path} was written by a newer PowerRAG (schema ${version}; this one knows up to ${MIGRATIONS.length}); update @powerrag/server.`,
    );
  }
}

function configure(database: Database): void {
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA busy_timeout = 5000;
    PRAGMA journal_size_limit = ${JOURNAL_SIZE_LIMIT};
    PRAGMA wal_autocheckpoint = ${Math.ceil(CHECKPOINT_BYTES / pragma(database, 'page_size'))};
    PRAGMA cache_size = ${-CACHE_KIB};
    PRAGMA temp_store = MEMORY;
    PRAGMA secure_delete = ON;
  `);
}

/** Goes on where it, or another process, was the last time. */
function migrate(database: Database, path: string, log: Log): void {
  const from = pragma(database, 'user_version');
  const progress = (line: string) => log.info(`bringing the schema of ${path} up to date: ${line}`);
  try {
    for (let version = from; version < MIGRATIONS.length; ) {
      version = inTransaction(database, () => advance(database, version, from === 0, progress));
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DatabaseUnusable(`The schema of ${path} could not be brought up to date: ${reason}`, { cause: error });
  }
}

/** Runs the step that is due, or a part of it; of a new file, all of them. Returns the version that the file has then. */
function advance(database: Database, from: number, isNew: boolean, progress: (line: string) => void): number {
  let version = from;
  for (const step of MIGRATIONS.slice(from)) {
    if (typeof step === 'string') database.exec(step);
    else if (!step(database, progress)) break;
    version += 1;
    if (!isNew) break;
  }
  database.exec(`PRAGMA user_version = ${version}; PRAGMA application_id = ${APPLICATION_ID}`);
  return version;
}

interface ToCheck extends OpenOptions {
  readonly file: string;
  /** What the operator calls it. */
  readonly path: string;
  readonly log: Log;
}

function checkForDamage(database: Database, { file, path, log, checkedBytes = CHECKED_BYTES }: ToCheck): void {
  if (statSync(file).size > checkedBytes) {
    log.info(`${path} is too large to be checked for damage at each start; powerrag doctor checks it`);
    return;
  }
  const row = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
  if (row.quick_check !== 'ok') {
    throw new DatabaseUnusable(
      `${path} is damaged (${row.quick_check}); restore it from a backup, or name another file with --database.`,
    );
  }
}

function pragma(database: Database, name: 'application_id' | 'page_size' | 'user_version'): number {
  return (database.prepare(`PRAGMA ${name}`).get() as Record<string, number>)[name] ?? 0;
}
