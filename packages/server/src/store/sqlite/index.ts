import type { Log } from '../../base/log.js';
import type { Store } from '../contract.js';
import { AnnotationRows } from './annotation-rows.js';
import { Contents } from './contents.js';
import { anyDriver, type Driver } from './driver.js';
import { fenced } from './fenced.js';
import { LogEventRows } from './log-event-rows.js';
import { MediaRows } from './media-rows.js';
import { ObservationRows } from './observation-rows.js';
import { DatabaseUnusable, explain, openDatabase } from './open.js';
import { Ownership } from './ownership.js';
import { PieceRows } from './piece-rows.js';
import { SqliteReader } from './reader.js';
import { Revisions } from './revisions.js';
import { WhenFree } from './when-free.js';
import { SqliteWriter } from './writer.js';

export { anyDriver, SqliteMissing } from './driver.js';
export { DatabaseUnusable } from './open.js';

const NO_LOG: Log = { info: () => {}, error: () => {} };

/**
 * Opens the store in a SQLite file, with exclusive access until it is closed. Throws `DatabaseUnusable`.
 *
 * When the file is deleted, moved, replaced, overwritten or taken by another server, the store still reads, and rejects writes
 * with `StoreUnavailable`.
 *
 * @param log gets a line when that happens. Default: no log.
 */
export function sqliteStore(path: string, driver: Driver = anyDriver(), log: Log = NO_LOG): Store {
  const { database, file, unlock } = openDatabase(path, driver, log);
  try {
    const ownership = new Ownership(database, file, log);
    const contents = new Contents(database);
    const observations = new ObservationRows(database, contents);
    const reader = new SqliteReader(database, contents, observations);
    const revisions = new Revisions(database);
    const writer = new SqliteWriter(fenced(database, ownership), contents, observations, revisions);
    const pieces = new PieceRows(database, contents);
    const logEvents = new LogEventRows(database, contents);
    const annotations = new AnnotationRows(database);
    const mediaRows = new MediaRows(database);
    const whenFree = new WhenFree(log);
    let closed = false;
    const commit = async (write: () => Promise<void>): Promise<void> => {
      if (closed) throw new Error('the store is closed');
      await whenFree.run(write);
      ownership.check();
    };
    return {
      write: async (projectId, batch) => {
        if (batch.length > 0 || closed) await commit(() => writer.write(projectId, batch));
      },
      writePieces: async (projectId, batch, complete = (observation) => observation) => {
        const add = () => pieces.add(projectId, batch).map(complete);
        if (batch.length > 0 || closed) await commit(() => writer.run(projectId, add));
      },
      writeLogEvents: async (projectId, events) => {
        const add = () => {
          revisions.touch(
            projectId,
            events.map(({ traceId }) => ({ traceId, sessionId: null })),
          );
          return logEvents.add(projectId, events);
        };
        if (events.length > 0 || closed) await commit(() => writer.run(projectId, add));
      },
      writeAnnotations: async (projectId, batch) => {
        const add = () => {
          revisions.touch(projectId, batch);
          return annotations.write(projectId, batch);
        };
        if (batch.length > 0 || closed) await commit(() => writer.run(projectId, add));
      },
      deleteAnnotation: async (projectId, kind, id) => {
        let existed = false;
        const remove = (): [] => {
          const removed = annotations.delete(projectId, kind, id);
          existed = removed !== null;
          if (removed !== null) revisions.touch(projectId, [removed]);
          return [];
        };
        await commit(() => writer.run(projectId, remove));
        return existed;
      },
      listAnnotations: async (...query) => annotations.list(...query),
      annotationsOf: async (...query) => annotations.of(...query),
      writeMedia: async (projectId, media) => {
        if (media.length > 0 || closed)
          await commit(() => writer.run(projectId, () => mediaRows.add(projectId, media)));
      },
      readMedia: async (...query) => mediaRows.read(...query),
      readLogEvents: async (...query) => logEvents.read(...query),
      listSessions: (...query) => reader.listSessions(...query),
      getSession: (...query) => reader.getSession(...query),
      listTraces: (...query) => reader.listTraces(...query),
      getTrace: (...query) => reader.getTrace(...query),
      listTraceIds: (...query) => reader.listTraceIds(...query),
      listObservations: (...query) => reader.listObservations(...query),
      getObservation: (...query) => reader.getObservation(...query),
      readBodies: (...query) => reader.readBodies(...query),
      trouble: () => (closed ? null : ownership.problem()),
      close: async () => {
        if (closed) return;
        closed = true;
        writer.drain();
        ownership.close();
        unlock();
      },
    };
  } catch (error) {
    database.close();
    unlock();
    throw new DatabaseUnusable(explain(error, path), { cause: error });
  }
}
