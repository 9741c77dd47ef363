import type { Store } from '../contract.js';
import { Contents } from './contents.js';
import { anyDriver, type Driver } from './driver.js';
import { ObservationRows } from './observation-rows.js';
import { openDatabase } from './open.js';
import { SqliteReader } from './reader.js';
import { SqliteWriter } from './writer.js';

export { SqliteMissing } from './driver.js';
export { DatabaseUnusable } from './open.js';

/** Opens the store in a SQLite file, which it has for itself until it is closed. Throws `DatabaseUnusable`. */
export function sqliteStore(path: string, driver: Driver = anyDriver()): Store {
  const { database, unlock } = openDatabase(path, driver);
  const contents = new Contents(database);
  const observations = new ObservationRows(database, contents);
  const reader = new SqliteReader(database, contents, observations);
  const writer = new SqliteWriter(database, contents, observations);
  let closed = false;
  return {
    write: async (projectId, batch) => {
      if (closed) throw new Error('the store is closed');
      if (batch.length > 0) await writer.write(projectId, batch);
    },
    listSessions: (...query) => reader.listSessions(...query),
    getSession: (...query) => reader.getSession(...query),
    listTraces: (...query) => reader.listTraces(...query),
    getTrace: (...query) => reader.getTrace(...query),
    listObservations: (...query) => reader.listObservations(...query),
    getObservation: (...query) => reader.getObservation(...query),
    readBodies: (...query) => reader.readBodies(...query),
    close: async () => {
      if (closed) return;
      closed = true;
      writer.drain();
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      database.close();
      unlock();
    },
  };
}
