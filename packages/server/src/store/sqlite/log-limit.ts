import { statSync } from 'node:fs';
import type { Log } from '../../base/log.js';
import { StoreUnavailable } from '../unavailable.js';
import type { Database } from './driver.js';

/** Bytes of the write-ahead log. SQLite empties it at 16 MiB, unless somebody reads an older state of the database. */
const MAX_LOG_BYTES = 1024 * 1024 * 1024;

/**
 * Bounds the write-ahead log. While another program holds a read transaction open, SQLite cannot empty the log; left alone it would
 * fill the disk, and with it stop everything else on the machine.
 */
export class LogLimit {
  readonly #database: Database;
  readonly #walFile: string;
  readonly #log: Log;
  readonly #maxBytes: number;
  #isReached = false;

  constructor(database: Database, file: string, log: Log, maxBytes = MAX_LOG_BYTES) {
    this.#database = database;
    this.#walFile = `${file}-wal`;
    this.#log = log;
    this.#maxBytes = maxBytes;
  }

  /** Outside a transaction, before one begins. Throws `StoreUnavailable` when the log is full and cannot be emptied; says so once in the log. */
  check(): void {
    if (this.#isFull() && !this.#empty()) {
      if (!this.#isReached) this.#log.error(FULL);
      this.#isReached = true;
      throw new StoreUnavailable(
        'Another program keeps the database from moving its log; send this batch again later.',
      );
    }
    if (this.#isReached) this.#log.info('the write-ahead log could be emptied; spans are stored again');
    this.#isReached = false;
  }

  #isFull(): boolean {
    return (statSync(this.#walFile, { throwIfNoEntry: false })?.size ?? 0) >= this.#maxBytes;
  }

  #empty(): boolean {
    const { busy } = this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number };
    return busy === 0;
  }
}

const FULL =
  'another program reads the database in a transaction that it does not end, so the write-ahead log cannot be emptied and nothing is stored any more; end that program, or its transaction. Clients are told to keep their spans';
