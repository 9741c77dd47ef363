import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import type { Log } from '../../base/log.js';
import { StoreUnavailable } from '../unavailable.js';
import { type Database, isBusy, type Statement } from './driver.js';
import { type Identity, identityAt, isSame } from './file-identity.js';
import { DELETED, LOG_CUT, MOVED, OVERWRITTEN, type Problem, REPLACED, sideFileGone, TAKEN } from './file-problems.js';
import { findMark, type Mark, markText, readPage } from './mark.js';

/**
 * Checks that the file at the database's path is the one that this server writes, and that no other server writes it. A deleted,
 * moved or replaced file still accepts writes, which are gone when the process ends: so this is checked before a batch is
 * acknowledged. It costs four `stat` calls; the file itself is read only when it has changed, which is at checkpoints.
 */
export class Ownership {
  readonly #database: Database;
  readonly #setMark: Statement;
  readonly #file: string;
  readonly #log: Log;
  /** Our own descriptor of the main file. Closed after the database: closing it releases SQLite's locks on the file. */
  readonly #descriptor: number;
  readonly #identity: Identity;
  readonly #sideFiles: readonly { readonly path: string; readonly identity: Identity }[];
  #mark: Mark;
  #next: Mark | null = null;
  /** The generation in the main file, which is behind that in the log; null until one was seen. */
  #onDisk: number | null = null;
  #seen = '';
  /** The size of the write-ahead log when it was last looked at, and the generation that was committed then. */
  #walSize = 0n;
  #walGeneration = 0;
  #isTaken = false;
  #isClosed = false;
  #problem: Problem | null = null;

  /** Takes the database for this server. A previous owner notices at its next transaction. */
  constructor(database: Database, file: string, log: Log) {
    this.#database = database;
    this.#file = file;
    this.#log = log;
    this.#mark = take(database);
    // So that the main file has the mark too.
    this.#emptyLog();
    this.#setMark = database.prepare('UPDATE ownership SET mark = ? WHERE mark = ?');
    this.#descriptor = openSync(file, 'r');
    this.#identity = fstatSync(this.#descriptor, { bigint: true });
    this.#sideFiles = ['-wal', '-shm'].flatMap((end) => {
      const identity = identityAt(`${file}${end}`);
      return identity === null ? [] : [{ path: `${file}${end}`, identity }];
    });
  }

  /** Throws `StoreUnavailable` when writes would be lost. Logs it once. */
  check(): void {
    const problem = this.problem();
    if (problem !== null) throw new StoreUnavailable(problem);
  }

  /** What happened to the file, for the client; null when all is well. */
  problem(): string | null {
    const problem = this.#isClosed ? this.#problem : this.#findProblem();
    if (problem !== null && this.#problem === null) {
      if (problem.isWhole) this.#emptyLog();
      this.#log.error(
        `${this.#file}: ${problem.what}. Nothing is stored from now on; clients are asked to keep their spans. ${problem.fix}`,
      );
    } else if (problem === null && this.#problem !== null) {
      this.#log.info(`${this.#file} is back; spans are stored again`);
    }
    this.#problem = problem;
    return problem === null
      ? null
      : `Nothing can be stored: ${problem.what}. The log of the server says how to fix it.`;
  }

  /** Within a transaction, before it writes. Throws `StoreUnavailable` when another server has taken the database. */
  claim(): void {
    const next = { token: this.#mark.token, generation: this.#mark.generation + 1 };
    const { changes } = this.#setMark.run(markText(next), markText(this.#mark));
    this.#next = next;
    if (Number(changes) === 1) return;
    this.#isTaken = true;
    this.check();
  }

  /** After the transaction was committed. */
  committed(): void {
    if (this.#next !== null) this.#mark = this.#next;
    this.#next = null;
  }

  /**
   * Closes the database with its log moved into the file. An overwritten file is not touched: closing would write the
   * log into it. The process must then end with `process.exit`, which closes nothing.
   *
   * @returns whether the database was closed.
   */
  close(): boolean {
    this.problem();
    this.#isClosed = true;
    if (this.#problem !== null && !this.#problem.isWhole && !this.#isTaken) return false;
    if (this.#problem === null) this.#emptyLog();
    this.#database.close();
    closeSync(this.#descriptor);
    return true;
  }

  #findProblem(): Problem | null {
    if (this.#isTaken) return TAKEN;
    const there = identityAt(this.#file);
    if (there === null) {
      const isDeleted = fstatSync(this.#descriptor).nlink === 0;
      return isDeleted ? DELETED : MOVED;
    }
    if (!isSame(there, this.#identity)) return REPLACED;
    if (this.#hasOtherContent()) {
      this.#isTaken = this.#isMarkedByAnother();
      return this.#isTaken ? TAKEN : OVERWRITTEN;
    }
    for (const { path, identity } of this.#sideFiles) {
      const found = identityAt(path);
      if (found === null || !isSame(found, identity)) return sideFileGone(path.slice(-4));
    }
    return this.#isLogCut() ? LOG_CUT : null;
  }

  /** Whether the log has shrunk before all of it was in the main file. */
  #isLogCut(): boolean {
    const size = statSync(`${this.#file}-wal`, { bigint: true, throwIfNoEntry: false })?.size ?? 0n;
    if (size < this.#walSize && (this.#markOnDisk()?.generation ?? 0) < this.#walGeneration) return true;
    this.#walSize = size;
    this.#walGeneration = this.#mark.generation;
    return false;
  }

  /** Whether the main file is not a state of this database, or an older one than was seen before. */
  #hasOtherContent(): boolean {
    const { mtimeNs, size } = fstatSync(this.#descriptor, { bigint: true });
    const seen = `${mtimeNs} ${size}`;
    if (seen === this.#seen) return false;
    const mark = this.#markOnDisk();
    const isOurs = mark?.token === this.#mark.token && mark.generation >= (this.#onDisk ?? 0);
    // Until the first checkpoint after the start, which a reading program may delay, the file has an earlier mark or none.
    if (!isOurs) return this.#onDisk !== null || size === 0n;
    this.#onDisk = mark.generation;
    this.#seen = seen;
    return false;
  }

  /** Whether another server has marked the database through SQLite, rather than overwritten the bytes of the file. */
  #isMarkedByAnother(): boolean {
    try {
      const row = this.#database.prepare('SELECT mark FROM ownership').get() as { mark: string } | undefined;
      return row !== undefined && row.mark !== markText(this.#mark);
    } catch {
      return false;
    }
  }

  /** Null if the file has no mark that can be read. Throws SQLite's busy error. */
  #markOnDisk(): Mark | null {
    try {
      return this.#readMarkOnDisk();
    } catch (error) {
      if (isBusy(error)) throw error;
      // SQLite can no longer read the file.
      return null;
    }
  }

  #readMarkOnDisk(): Mark | null {
    const read = (sql: string) => Number(Object.values(this.#database.prepare(sql).get() as object)[0]);
    const page = read("SELECT rootpage FROM sqlite_schema WHERE name = 'ownership'");
    return findMark(readPage(this.#descriptor, page, read('PRAGMA page_size')));
  }

  #emptyLog(): void {
    try {
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch (error) {
      this.#log.error(`the write-ahead log of ${this.#file} cannot be moved into it`, error);
    }
  }
}

function take(database: Database): Mark {
  database.exec(
    'CREATE TABLE IF NOT EXISTS ownership (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), mark TEXT NOT NULL) STRICT',
  );
  database.exec('BEGIN IMMEDIATE');
  try {
    const row = database.prepare('SELECT mark FROM ownership').get() as { mark: string } | undefined;
    const generation = (findMark(row?.mark ?? '')?.generation ?? 0) + 1;
    const mark = { token: randomBytes(16).toString('hex'), generation };
    database.prepare('INSERT OR REPLACE INTO ownership (only_row, mark) VALUES (1, ?)').run(markText(mark));
    database.exec('COMMIT');
    return mark;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
