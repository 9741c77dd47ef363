import type { Log } from '../../base/log.js';
import type { Store } from '../contract.js';
import type { Digests, DigestTrace } from '../digests.js';
import { annotationRows } from './annotation-rows.js';
import { watchWrites } from './change-feed.js';
import { connect } from './connection.js';
import { NewContents } from './contents.js';
import { Digester } from './digester.js';
import { finishWrites } from './finish-writes.js';
import { Health } from './health.js';
import { logEventRows } from './log-event-rows.js';
import { mediaRows } from './media-rows.js';
import { openDatabase } from './open.js';
import { PendingWrites } from './pending-writes.js';
import { PieceRows } from './piece-rows.js';
import { ClickhouseReader } from './reader.js';
import type { Cluster } from './schema.js';
import { ClickhouseWriter } from './writer.js';

/** A store that names its sessions. */
export type ClickhouseStore = Store & Digests;

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
  const { url, cluster = null, log = QUIET, now = Date.now, timeoutMs, takeOver, digestTrace } = options;
  const health = new Health({ log, where: new URL(url).host, now: () => performance.now() });
  const ofConnection = { health, isReplicated: cluster !== null, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  const connection = await openDatabase((database) => connect(withDatabase(url, database), ofConnection), url, cluster);
  const reader = new ClickhouseReader(connection);
  const pending = new PendingWrites(connection, now);
  const writer = new ClickhouseWriter(connection, pending, now);
  const pieces = new PieceRows(connection);
  const stopFinishing = finishWrites({
    ...{ pending, writer },
    ...(takeOver && { takeOverAfterS: takeOver.afterS, lookEveryMs: takeOver.lookEveryMs }),
  });
  const logEvents = logEventRows(connection);
  const computeSessions = writer.computeSessions.bind(writer);
  const digester = digestTrace && new Digester({ connection, reader, logEvents, digestTrace, computeSessions, log });
  writer.onComputed = (projectId, traceIds) => digester?.add(projectId, traceIds);
  let isClosed = false;
  return {
    write: async (projectId, batch) => {
      if (isClosed) throw new Error('the store is closed');
      if (batch.length > 0) await writer.write(projectId, batch);
    },
    writePieces: async (projectId, batch, complete = (observation) => observation) => {
      if (isClosed) throw new Error('the store is closed');
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
    ...annotationRows(connection, cluster),
    ...mediaRows(connection, now),
    listSessions: (...query) => reader.listSessions(...query),
    countSessions: (...query) => reader.countSessions(...query),
    sessionFacets: (...query) => reader.sessionFacets(...query),
    sessionNeighbours: (...query) => reader.sessionNeighbours(...query),
    getSession: (...query) => reader.getSession(...query),
    listTraces: (...query) => reader.listTraces(...query),
    getTrace: (...query) => reader.getTrace(...query),
    listTraceIds: (...query) => reader.listTraceIds(...query),
    listObservations: (...query) => reader.listObservations(...query),
    getObservation: (...query) => reader.getObservation(...query),
    readBodies: (...query) => reader.readBodies(...query),
    trouble: () => health.trouble(() => connection.query('SELECT 1')),
    digested: async () => digester?.finish(),
    watch: (watcher) => watchWrites(connection, watcher),
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      await stopFinishing();
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
