import type { Log } from '../../base/log.js';
import { boundReader } from '../bound-reader.js';
import type { SearchableStore, StoreReader } from '../contract.js';
import type { DigestTrace } from '../digests.js';
import { UNKNOWN_WORK, type WorkFigures } from '../figures.js';
import type { LogEvent } from '../log-events.js';
import type { Media } from '../media.js';
import type { Retention } from '../retention.js';
import { AnnotationRows } from './annotation-rows.js';
import { Contents } from './contents.js';
import { DigestLoop, type Slice } from './digest-loop.js';
import { DigestRows } from './digest-rows.js';
import { Digester } from './digester.js';
import { anyDriver, type Driver } from './driver.js';
import { DueDigests } from './due-digests.js';
import { fenced } from './fenced.js';
import { FreshTraces } from './fresh-traces.js';
import { interruptible } from './interruptible.js';
import { LogEventRows } from './log-event-rows.js';
import { LogLimit } from './log-limit.js';
import { MediaRows } from './media-rows.js';
import { ObservationRows } from './observation-rows.js';
import { type OpenOptions, openDatabase } from './open.js';
import { Ownership } from './ownership.js';
import { PieceRows } from './piece-rows.js';
import { SqliteReader } from './reader.js';
import { SqliteRetention } from './retention.js';
import { Revisions } from './revisions.js';
import { SearchIndex } from './search-index.js';
import { SqliteSearcher } from './searcher.js';
import { Sweepable } from './sweepable.js';
import { TombstoneRows } from './tombstone-rows.js';
import { DatabaseUnusable, explain } from './unusable.js';
import { WhenFree } from './when-free.js';
import { SqliteWriter } from './writer.js';

export { backUpDatabase, restoreDatabase, unfinishedBackup, unfinishedRestore } from './copy.js';
export { anyDriver, SqliteMissing } from './driver.js';
export { inspectDatabase, isInUse } from './inspect.js';
export { DatabaseUnusable } from './unusable.js';

const DIGESTS_FAIL = 'names of sessions and search cannot be brought up to date';

const NO_LOG: Log = { info: () => {}, error: () => {} };

/** A store in a SQLite file. */
export interface SqliteStore extends SearchableStore, Retention {
  /** Once it is closed: whether the database had to be left open, since closing it would write into an overwritten file. */
  readonly isLeftOpen: boolean;
  /** What is left to do. Unknown once it is closed, and while the file cannot be read. */
  work(): WorkFigures;
}

export interface SqliteOptions extends OpenOptions {
  /** What names of sessions and search follow from. Default: none, and what is due stays due. */
  readonly digestTrace?: DigestTrace;
  /** Characters of traces that are remembered until they are digested; 0 reads each from the file. Default: see `FreshTraces`. */
  readonly freshCharacters?: number;
  /** Told how many milliseconds each transaction took that stores what was sent. Default: nobody is. */
  readonly onCommit?: ((ms: number) => void) | undefined;
  /** Whether somebody waits for a read now: digests and deletions take less of the processor then. Default: nobody. */
  readonly isRead?: (() => boolean) | undefined;
  /** Milliseconds of a clock that only goes forward. Default: that of the process. */
  readonly clock?: () => number;
  /** Is told of traces whose session got another name, last answer or number of turns by a digest. Default: nobody is. */
  readonly onShown?: (projectId: string, traceIds: readonly string[]) => void;
}

/**
 * Opens the store in a SQLite file, with exclusive access until it is closed. Throws `DatabaseUnusable`.
 *
 * When the file is deleted, moved, replaced, overwritten or taken by another server, the store still reads, and rejects writes
 * with `StoreUnavailable`.
 *
 * @param log gets a line when that happens. Default: no log.
 */
export function sqliteStore(
  path: string,
  driver: Driver = anyDriver(),
  log: Log = NO_LOG,
  { digestTrace, freshCharacters, onCommit, isRead, onShown = () => {}, ...options }: SqliteOptions = {},
): SqliteStore {
  const { database, file, unlock } = openDatabase(path, driver, log, options);
  try {
    const ownership = new Ownership(database, file, log);
    const contents = new Contents(database);
    const observations = new ObservationRows(database, contents);
    const reader = new SqliteReader(database, contents, observations);
    const searcher = new SqliteSearcher(database, contents, reader.lists, (row) => reader.toSession(row));
    const ofWriter = fenced(database, ownership, new LogLimit(database, file, log, options.maxLogBytes));
    const due = new DueDigests(database, Date.now);
    const tombstones = new TombstoneRows(database, Date.now);
    const revisions = new Revisions(database);
    const fresh = new FreshTraces(digestTrace === undefined ? 0 : freshCharacters);
    const writer = new SqliteWriter(ofWriter, { contents, observations, due, tombstones, revisions, fresh, onCommit });
    const pieces = new PieceRows(database, contents);
    const logEvents = new LogEventRows(database, contents);
    const { clock = () => performance.now() } = options;
    const index = new SearchIndex(database);
    const rows = new DigestRows(database, index, contents);
    const digester =
      digestTrace &&
      new Digester({
        ...{ database: ofWriter, contents, observations, logEvents, due, fresh, rows, digestTrace, onShown, log },
        clock,
      });
    const slice: Slice = (...within) => digester?.slice(...within) ?? null;
    const digests = new DigestLoop(slice, DIGESTS_FAIL, log, clock, isRead);
    digests.wake();
    const retention = new SqliteRetention({
      ...{ database: ofWriter, digests: rows, due, tombstones, revisions, sweepable: new Sweepable(database) },
      ...{ contents, pieces, index, log, clock, isRead },
    });
    const annotations = new AnnotationRows(database);
    const mediaRows = new MediaRows(database, Date.now);
    const addLogEvents = (projectId: string, events: readonly LogEvent[]) => {
      for (const traceId of new Set(events.map((event) => event.traceId))) due.markById(projectId, traceId);
      return logEvents.add(projectId, events);
    };
    const addMedia = (projectId: string, media: readonly Media[]) => {
      for (const { id } of media) contents.watchedMedia?.delete(`${projectId}\0${id}`);
      return mediaRows.add(projectId, media);
    };
    const whenFree = new WhenFree(log);
    let closed = false;
    let isLeftOpen = false;
    const commit = async (write: () => Promise<void>): Promise<void> => {
      if (closed) throw new Error('the store is closed');
      await whenFree.run(write);
      ownership.check();
      digests.wake();
      retention.noteWrite();
    };
    return {
      write: async (projectId, batch) => {
        if (batch.length > 0 || closed) await commit(() => writer.write(projectId, batch));
      },
      writePieces: async (projectId, batch, complete = (observation) => observation) => {
        const add = () => pieces.add(projectId, tombstones.leaveOut(projectId, batch)).map(complete);
        if (batch.length > 0 || closed) await commit(() => writer.run(projectId, add));
      },
      writeLogEvents: async (projectId, events) => {
        const add = () => {
          const kept = tombstones.leaveOut(projectId, events);
          revisions.touch(
            projectId,
            kept.map(({ traceId }) => ({ traceId, sessionId: null })),
          );
          return addLogEvents(projectId, kept);
        };
        if (events.length > 0 || closed) await commit(() => writer.run(projectId, add));
      },
      writeAnnotations: async (projectId, batch) => {
        const add = () => {
          const kept = tombstones.leaveOut(projectId, batch);
          revisions.touch(projectId, kept);
          return annotations.write(projectId, kept);
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
      writeMedia: async (projectId, media) => {
        if (media.length > 0 || closed) await commit(() => writer.run(projectId, () => addMedia(projectId, media)));
      },
      deleteTraces: async (projectId, what) => {
        let [key, traceCount] = [0, 0];
        await commit(async () => {
          key = await retention.request(projectId, what);
        });
        await commit(async () => {
          traceCount = await retention.run(key);
        });
        return traceCount;
      },
      purged: () => retention.purged(),
      ...readsOf(reader, searcher, logEvents, annotations, mediaRows),
      digested: () => digests.finish(),
      work: () => {
        if (closed) return UNKNOWN_WORK;
        try {
          return { ...due.figures(), purgesDue: retention.left() };
        } catch {
          return UNKNOWN_WORK;
        }
      },
      trouble: () => (closed ? null : ownership.problem()),
      get isLeftOpen() {
        return isLeftOpen;
      },
      close: async () => {
        if (closed) return;
        closed = true;
        digests.stop();
        retention.stop();
        writer.drain();
        isLeftOpen = !ownership.close();
        unlock();
      },
    };
  } catch (error) {
    database.close();
    unlock();
    throw new DatabaseUnusable(explain(error, path), { cause: error });
  }
}

/**
 * Reads a SQLite file that a store of this process has open, over a connection of its own. Throws SQLite's own error.
 *
 * @param beforeEach is called before each query; what it throws ends the read. Default: nothing.
 */
export function sqliteReader(file: string, driver: Driver, beforeEach: () => void = () => {}): SnapshotReader {
  const connection = driver(file, { readOnly: true });
  connection.exec(`PRAGMA busy_timeout = ${READ_PATIENCE_MS}; PRAGMA cache_size = ${-READ_CACHE_KIB}`);
  const database = interruptible(connection, beforeEach);
  const contents = new Contents(database);
  const reader = new SqliteReader(database, contents, new ObservationRows(database, contents));
  const searcher = new SqliteSearcher(database, contents, reader.lists, (row) => reader.toSession(row));
  const [logEvents, annotations] = [new LogEventRows(database, contents), new AnnotationRows(database)];
  return {
    ...readsOf(reader, searcher, logEvents, annotations, new MediaRows(database, Date.now)),
    inSnapshot: async (read) => {
      connection.exec('BEGIN');
      try {
        return await read();
      } finally {
        connection.exec('ROLLBACK');
      }
    },
    close: () => connection.close(),
  };
}

/** Reads over a connection of its own. */
export interface SnapshotReader extends StoreReader {
  /** All that `read` reads is the state of one moment, which includes every write that was acknowledged before. One at a time. */
  inSnapshot<T>(read: () => Promise<T>): Promise<T>;
  close(): void;
}

const READ_PATIENCE_MS = 2_000;
const READ_CACHE_KIB = 16 * 1024;

function readsOf(
  reader: SqliteReader,
  searcher: SqliteSearcher,
  logEvents: LogEventRows,
  annotations: AnnotationRows,
  media: MediaRows,
): StoreReader {
  return {
    searchSessions: async (...query) => searcher.search(...query),
    readLogEvents: async (...query) => logEvents.read(...query),
    listAnnotations: async (...query) => annotations.list(...query),
    annotationsOf: async (...query) => annotations.of(...query),
    readMedia: async (...query) => media.read(...query),
    ...boundReader(reader),
  };
}
