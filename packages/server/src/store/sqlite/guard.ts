import type { Database, Driver } from './driver.js';
import { type Identity, identityAt, isSame } from './file-identity.js';
import { type DatabaseLock, lockDatabase } from './lock.js';

/**
 * Keeps a database for this process while threads of it write and read it, whichever of them end. It holds the lock, and a
 * connection that does nothing: SQLite moves the log into the file when the last connection is closed, which must not happen
 * when a thread ends and the file was overwritten.
 */
export class DatabaseGuard {
  readonly lock: DatabaseLock;
  readonly #driver: Driver;
  #connection: Database | null = null;
  #identity: Identity | null = null;

  /** Throws `DatabaseUnusable` when another server has the database. */
  constructor(path: string, driver: Driver) {
    this.lock = lockDatabase(path, driver);
    this.#driver = driver;
  }

  /** Keeps the database open. Call it when the database exists; throws SQLite's own error. */
  hold(): void {
    this.#identity = identityAt(this.lock.file);
    this.#connection = this.#driver(this.lock.file);
    // SQLite opens the log with the first read.
    this.#connection.prepare('SELECT count(*) FROM sqlite_schema').get();
  }

  /** Whether the file at the path is still the one that is held. */
  isInPlace(): boolean {
    const there = identityAt(this.lock.file);
    return there !== null && this.#identity !== null && isSame(there, this.#identity);
  }

  /** @param isLeftOpen whether the database must not be closed; see `Ownership.close`. */
  release(isLeftOpen: boolean): void {
    if (!isLeftOpen) this.#connection?.close();
    this.lock.release();
  }
}
