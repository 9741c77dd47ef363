import {
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Log } from '../../base/log.js';
import { type Database, type Driver, isBusy } from './driver.js';
import { isLogOf } from './mark.js';
import { MIGRATIONS } from './migrations.js';

/** The database cannot be used. The message tells the operator why and what to do. */
export class DatabaseUnusable extends Error {
  override readonly name = 'DatabaseUnusable';
}

/** Marks a SQLite file as ours: "PRAG" in its header. */
const APPLICATION_ID = 0x50524147;

/** A database up to this size, in bytes, is checked for damage at each start. */
const CHECKED_BYTES = 128 * 1024 * 1024;

/** The number of links in a row that Linux follows. */
const MAX_LINKS = 40;

const JOURNAL_SIZE_LIMIT = 64 * 1024 * 1024;

export interface OpenDatabase {
  readonly database: Database;
  /** The real path. */
  readonly file: string;
  /** Releases the lock on the file. Call it after closing the database. */
  unlock(): void;
}

/** Opens or creates the database, takes its lock, and brings its schema up to date. Throws `DatabaseUnusable`. */
export function openDatabase(path: string, driver: Driver, log: Log): OpenDatabase {
  let file: string;
  try {
    file = realFile(path);
  } catch (error) {
    throw error instanceof DatabaseUnusable ? error : new DatabaseUnusable(explain(error, path), { cause: error });
  }
  const wasUsed = existsSync(`${file}-lock`);
  const unlock = lock(file, driver);
  let database: Database | undefined;
  try {
    prepareFile(file, wasUsed, driver, log);
    database = driver(file);
    identify(database, path);
    configure(database);
    migrate(database, path, log);
    checkForDamage(database, file, path);
    return { database, file, unlock };
  } catch (error) {
    database?.close();
    unlock();
    throw error instanceof DatabaseUnusable ? error : new DatabaseUnusable(explain(error, path), { cause: error });
  }
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
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  } finally {
    database.close();
  }
  renameSync(unfinished, file);
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

function identify(database: Database, path: string): void {
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
    PRAGMA cache_size = -65536;
    PRAGMA temp_store = MEMORY;
  `);
}

function migrate(database: Database, path: string, log: Log): void {
  const from = pragma(database, 'user_version');
  if (from === MIGRATIONS.length) return;
  try {
    database.exec('BEGIN IMMEDIATE');
    for (const step of MIGRATIONS.slice(from)) {
      if (typeof step === 'string') database.exec(step);
      else step(database, (line) => log.info(`bringing the schema of ${path} up to date: ${line}`));
    }
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}; PRAGMA application_id = ${APPLICATION_ID}; COMMIT`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DatabaseUnusable(`The schema of ${path} could not be brought up to date: ${reason}`, { cause: error });
  }
}

function checkForDamage(database: Database, file: string, path: string): void {
  if (statSync(file).size > CHECKED_BYTES) return;
  const row = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
  if (row.quick_check !== 'ok') {
    throw new DatabaseUnusable(
      `${path} is damaged (${row.quick_check}); restore it from a backup, or name another file with --database.`,
    );
  }
}

function pragma(database: Database, name: 'application_id' | 'user_version'): number {
  return (database.prepare(`PRAGMA ${name}`).get() as Record<string, number>)[name] ?? 0;
}

/** SQLite's error, explained for the operator. */
export function explain(error: unknown, path: string): string {
  const reason = error instanceof Error ? error.message : String(error);
  if (/not a database/i.test(reason)) {
    return `${path} is not a PowerRAG database; name another file with --database.`;
  }
  if (/malformed|corrupt/i.test(reason)) {
    return `${path} is damaged (${reason}); restore it from a backup, or name another file with --database.`;
  }
  if (/no such (table|column)/i.test(reason)) {
    return `${path} lacks a part of its schema (${reason}), which another program has removed; restore it from a backup.`;
  }
  return `The database ${path} cannot be used: ${reason}. Check that the file and its folder are writable.`;
}
