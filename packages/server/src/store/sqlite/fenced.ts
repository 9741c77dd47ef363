import type { Database } from './driver.js';
import type { LogLimit } from './log-limit.js';
import type { Ownership } from './ownership.js';

/** Milliseconds that SQLite may wait for another program, while the whole process waits. */
const BUSY_TIMEOUT_MS = 250;

/**
 * The database for its writer: a transaction begins only while the file belongs to this server, and marks it. It does not wait
 * for another program's transaction, since the server could answer nothing meanwhile: `BEGIN` fails at once with SQLite's busy
 * error.
 */
export function fenced(database: Database, ownership: Ownership, logLimit: LogLimit): Database {
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  return {
    exec(sql) {
      if (sql === 'COMMIT') {
        database.exec(sql);
        ownership.committed();
      } else if (sql.startsWith('BEGIN')) {
        ownership.check();
        begin(database, sql, logLimit);
        try {
          ownership.claim();
        } catch (error) {
          database.exec('ROLLBACK');
          throw error;
        }
      } else {
        database.exec(sql);
      }
    },
    prepare: (sql) => database.prepare(sql),
    close: () => database.close(),
  };
}

function begin(database: Database, sql: string, logLimit: LogLimit): void {
  database.exec('PRAGMA busy_timeout = 0');
  try {
    logLimit.check();
    database.exec(sql);
  } finally {
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  }
}
