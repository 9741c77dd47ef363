import { existsSync, realpathSync } from 'node:fs';
import { digestTrace } from '../digest/index.js';
import { digestWithLogWords } from '../logs/join-words.js';
import { readAddress } from '../store/clickhouse/address.js';
import { SqliteDump } from '../store/sqlite/dump.js';
import { anyDriver, DatabaseUnusable, sqliteStore } from '../store/sqlite/index.js';
import { describeMigrated, migrate } from '../transfer/migrate.js';

export interface MigrateCommand {
  readonly name: 'migrate';
  /** Path of the SQLite file. */
  readonly database: string;
  /** A valid address of ClickHouse. May hold a password: never to be logged. */
  readonly store: string;
}

/** Milliseconds between two lines that say how far the work is. */
const SAY_EVERY_MS = 5_000;

/**
 * Moves a database that no server uses into ClickHouse, where servers may be running. Rejects with `DatabaseUnusable`,
 * `ClickhouseUnusable`, `StoreUnavailable` or `MigrationFailed`; run again, it goes on where it ended. The file stays as it is.
 */
export async function migrateToClickhouse(
  { database, store }: Pick<MigrateCommand, 'database' | 'store'>,
  say: (line: string) => void,
): Promise<void> {
  if (!existsSync(database)) throw new DatabaseUnusable(`${database} does not exist; name the file with --database.`);
  const driver = anyDriver();
  const log = { info: say, error: say };
  const from = sqliteStore(database, driver, log);
  const rows = driver(database, { readOnly: true });
  try {
    // Its client is loaded by servers that use it.
    const { clickhouseStore } = await import('../store/clickhouse/index.js');
    const address = readAddress(store);
    const to = await clickhouseStore({ ...address, log });
    try {
      const where = `ClickHouse at ${address.shown}`;
      say(`Moving ${database} to ${where} …`);
      let saidMs = performance.now();
      const done = await migrate(
        new SqliteDump(rows, from, digestWithLogWords(digestTrace)),
        { ...to, importer: to.importer(realpathSync(database)) },
        (moved) => {
          if (performance.now() - saidMs < SAY_EVERY_MS) return;
          saidMs = performance.now();
          say(`${describeMigrated(moved)} so far …`);
        },
      );
      say(`${describeMigrated(done)} are in ${where}, each compared with the file, which stays as it was.`);
    } finally {
      await to.close();
    }
  } finally {
    rows.close();
    await from.close();
  }
}
