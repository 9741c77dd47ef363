import type { Log } from '../../base/log.js';
import { boundReader } from '../bound-reader.js';
import type { SearchableStore } from '../contract.js';
import type { DigestTrace } from '../digests.js';
import type { Retention } from '../retention.js';
import { annotationRows } from './annotation-rows.js';
import { watchWrites } from './change-feed.js';
import { clientReportRows } from './client-report-rows.js';
import { connect } from './connection.js';
import { ContentSweep } from './content-sweep.js';
import { NewContents } from './contents.js';
import { Deleter } from './deleter.js';
import { Digester } from './digester.js';
import { finishWrites } from './finish-writes.js';
import { Health } from './health.js';
import { Importer } from './importer.js';
import { logEventRows } from './log-event-rows.js';
import { mediaRows } from './media-rows.js';
import { MediaSweep } from './media-sweep.js';
import { MissedDigests } from './missed-digests.js';
import { openDatabase } from './open.js';
import { PendingWrites } from './pending-writes.js';
import { PieceRows } from './piece-rows.js';
import { Purger } from './purger.js';
import { ClickhouseReader } from './reader.js';
import { repeat } from './repeat.js';
import { type Change, Revisions } from './revisions.js';
import type { Cluster } from './schema.js';
import { ClickhouseSearcher } from './searcher.js';
import { Tombstones } from './tombstones.js';
import { touchNamed } from './touch-named.js';
import { ClickhouseWriter } from './writer.js';

/** A store that names its sessions, is searched, and deletes. */
export interface ClickhouseStore extends SearchableStore, Retention {
  /** Takes in what another database has, which `source` names. */
  importer(source: string): Importer;
}

/** Milliseconds between two looks for what has to be removed after a deletion: a sweep of contents reads much. */
const PURGE_EVERY_MS = 60 * 60 * 1_000;
/** Milliseconds between two looks for traces that were not digested. */
const LOOK_FOR_MISSED_MS = 5 * 60 * 1_000;

export interface ClickhouseOptions {
  /** `http://user:password@host:8123/database`. */
  readonly url: string;
  /** The cluster on which the tables are made and spread. Default: a single server. */
  readonly cluster?: Cluster;
  /** Says when the server cannot be reached, and when it can again. Default: nobody is told. */
  readonly log?: Log;
  /** What the names of sessions follow from. Default: nothing. */
  readonly digestTrace?: DigestTrace;
  /** Unix milliseconds now. Default: the system's clock. */
  readonly now?: () => number;
  /** Milliseconds after which a statement is given up. Default 30,000. */
  readonly timeoutMs?: number;
  /** How soon the unfinished writes of nodes that ended are finished. Default: after 60 seconds, looking every 30. */
  readonly takeOver?: { readonly afterS: number; readonly lookEveryMs: number };
  /** How soon traces are digested whose writer did not. Default: after 10 minutes, looking every 5. */
  readonly missedDigests?: { readonly afterS: number; readonly lookEveryMs: number };
}

const QUIET: Log = { info: () => {}, error: () => {} };

/**
 * Opens the store in a ClickHouse database, which is made, with its tables, where it is not there. Any number of stores may be open
 * on one database, on any number of machines. When the server cannot be reached, the store opens all the same: whatever is asked of
 * it rejects with `StoreUnavailable` until the server can. Rejects with `ClickhouseUnusable`.
 *
 * Where it is weaker than the contract: a write that rejects may have stored a part of its batch. Sent again, it is merged; what
 * was stored of it is shown within a minute or two, see `finishWrites`.
 */
export async function clickhouseStore(options: ClickhouseOptions): Promise<ClickhouseStore> {
  const { url, cluster = null, log = QUIET, now = Date.now, timeoutMs, takeOver, missedDigests, digestTrace } = options;
  const health = new Health({ log, where: new URL(url).host, now: () => performance.now() });
  const ofConnection = { health, isReplicated: cluster !== null, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  const connection = await openDatabase((database) => connect(withDatabase(url, database), ofConnection), url, cluster);
  const revisions = new Revisions(connection, now);
  const tombstones = new Tombstones(connection);
  const reader = new ClickhouseReader(connection, revisions);
  const searcher = new ClickhouseSearcher(connection, reader);
  const pending = new PendingWrites(connection, now);
  const writer = new ClickhouseWriter({ connection, pending, tombstones, revisions, now });
  const pieces = new PieceRows(connection);
  const touched = (projectId: string, changes: readonly Change[]) =>
    touchNamed({ connection, revisions }, projectId, changes);
  const changed = async (projectId: string, changes: readonly Change[]) =>
    pending.note(projectId, await touched(projectId, changes));
  const logEvents = logEventRows({ connection, tombstones, pending, touched });
  const annotations = annotationRows({ connection, cluster, tombstones, changed });
  const ofSweeps = { connection, cluster, now };
  const purger = new Purger({ ...ofSweeps, contents: new ContentSweep(ofSweeps), media: new MediaSweep(ofSweeps) });
  const deleter = new Deleter({ connection, writer, pending, tombstones, annotations, pieces, purger });
  const stopFinishing = finishWrites({
    ...{ pending, writer },
    ...(takeOver && { takeOverAfterS: takeOver.afterS, lookEveryMs: takeOver.lookEveryMs }),
  });
  const stopPurging = repeat(() => purger.purge(), PURGE_EVERY_MS, log, 'the removal of what was deleted');
  const computeSessions = writer.computeSessions.bind(writer);
  const named = (projectId: string, sessionIds: readonly string[]) =>
    changed(
      projectId,
      sessionIds.map((sessionId) => ({ sessionId, traceId: null })),
    );
  const digester =
    digestTrace && new Digester({ connection, reader, logEvents, digestTrace, computeSessions, named, log });
  const missed = digester && new MissedDigests(connection, digester, missedDigests?.afterS);
  const stopLooking = repeat(
    async () => missed?.look(),
    missedDigests?.lookEveryMs ?? LOOK_FOR_MISSED_MS,
    log,
    'the search for traces that name no session yet',
  );
  writer.onComputed = (projectId, traceIds) => digester?.add(projectId, traceIds);
  let isClosed = false;
  return {
    write: async (projectId, batch) => {
      if (isClosed) throw new Error('the store is closed');
      if (batch.length > 0) await writer.write(projectId, batch);
    },
    writePieces: async (projectId, all, complete = (observation) => observation) => {
      if (isClosed) throw new Error('the store is closed');
      const batch = await tombstones.leaveOut(projectId, all);
      if (batch.length === 0) return;
      const contents = new NewContents();
      const rows = pieces.rows(projectId, batch, contents);
      await writer.insertContents(projectId, contents);
      await pieces.insert(rows);
      await writer.write(projectId, (await pieces.assemble(projectId, batch)).map(complete));
    },
    readLogEvents: logEvents.readLogEvents,
    writeLogEvents: async (projectId, events) => {
      await logEvents.writeLogEvents(projectId, events);
      digester?.add(projectId, new Set(events.map(({ traceId }) => traceId)));
    },
    writeAnnotations: annotations.writeAnnotations,
    deleteAnnotation: annotations.deleteAnnotation,
    listAnnotations: annotations.listAnnotations,
    annotationsOf: annotations.annotationsOf,
    deleteTraces: (...deletion) => deleter.deleteTraces(...deletion),
    purged: () => purger.purge(0),
    ...mediaRows(connection, now),
    ...clientReportRows(connection),
    ...boundReader(reader),
    searchSessions: (...query) => searcher.search(...query),
    importer: (source) => new Importer({ connection, writer, pieces, tombstones }, source),
    trouble: () => health.trouble(() => connection.query('SELECT 1')),
    digested: async () => digester?.finish(),
    watch: (watcher) => watchWrites(connection, watcher),
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      await stopFinishing();
      await stopPurging();
      await stopLooking();
      await digester?.close();
      await pending.flush();
      await connection.close();
    },
  };
}

function withDatabase(url: string, database: string): string {
  const address = new URL(url);
  address.pathname = `/${database}`;
  return address.href;
}
