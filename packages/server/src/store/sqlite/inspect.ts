import { existsSync, realpathSync } from 'node:fs';
import type { Database, Driver } from './driver.js';
import { lockDatabase } from './lock.js';
import { MIGRATIONS } from './migrations.js';
import { identify } from './open.js';
import { DatabaseUnusable, explain } from './unusable.js';

/** Looks into a database file without writing to it, also while a server uses it. */
export interface Inspection {
  /** Version of the schema, and the one that this server writes. */
  readonly schema: { readonly version: number; readonly current: number };
  /** Tables in the order in which `check` is best called. */
  readonly tables: readonly string[];
  /** What SQLite finds wrong with a table and its indexes, its first finding; null when they are sound. Reads all of them. */
  check(table: string): string | null;
  close(): void;
}

/** Throws `DatabaseUnusable` for a file that is not ours, of a later version, or cannot be read. */
export function inspectDatabase(path: string, driver: Driver): Inspection {
  let database: Database | undefined;
  try {
    database = driver(path, { readOnly: true });
    database.exec('PRAGMA busy_timeout = 5000');
    identify(database, path);
    return inspectionOf(database, path);
  } catch (error) {
    database?.close();
    throw error instanceof DatabaseUnusable ? error : new DatabaseUnusable(explain(error, path), { cause: error });
  }
}

function inspectionOf(database: Database, path: string): Inspection {
  const { user_version: version = 0 } = database.prepare('PRAGMA user_version').get() as { user_version?: number };
  const rows = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
  return {
    schema: { version, current: MIGRATIONS.length },
    tables: (rows as { name: string }[]).map(({ name }) => name),
    check: (table) => {
      const name = `"${table.replaceAll('"', '""')}"`;
      try {
        const row = database.prepare(`PRAGMA integrity_check(${name})`).get() as { integrity_check: string };
        return row.integrity_check === 'ok' ? null : row.integrity_check;
      } catch (error) {
        return explain(error, path);
      }
    },
    close: () => void database.close(),
  };
}

/** Whether a server has the lock of a database. */
export function isInUse(path: string, driver: Driver): boolean {
  // Without its file nobody has the lock, and to take it would make one.
  if (!existsSync(path) || !existsSync(`${realpathSync(path)}-lock`)) return false;
  try {
    lockDatabase(path, driver).release();
    return false;
  } catch (error) {
    if (error instanceof DatabaseUnusable && /is using/.test(error.message)) return true;
    throw error;
  }
}
