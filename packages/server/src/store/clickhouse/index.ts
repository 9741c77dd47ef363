import type { Store } from '../contract.js';
import { annotationRows } from './annotation-rows.js';
import { connect } from './connection.js';
import { NewContents } from './contents.js';
import { logEventRows } from './log-event-rows.js';
import { mediaRows } from './media-rows.js';
import { PieceRows } from './piece-rows.js';
import { ClickhouseReader } from './reader.js';
import { type Cluster, prepareTables } from './schema.js';
import { ClickhouseWriter } from './writer.js';

export interface ClickhouseOptions {
  /** `http://user:password@host:8123/database`. */
  readonly url: string;
  /** The cluster on which the tables are made and spread. Default: a single server. */
  readonly cluster?: Cluster;
  readonly now?: () => number;
}

/**
 * Opens the store in a ClickHouse database, which must be there; its tables are made. Any number of stores may be open on one
 * database, on any number of machines. Rejects with `StoreUnavailable`.
 *
 * Where it is weaker than the contract: a write that rejects may have stored a part of its batch. Sent again, it is merged.
 */
export async function clickhouseStore(options: ClickhouseOptions): Promise<Store> {
  const { url, cluster = null, now = Date.now } = options;
  const connection = connect(url, { isReplicated: cluster !== null });
  try {
    await prepareTables(connection, cluster);
  } catch (error) {
    await connection.close();
    throw error;
  }
  const reader = new ClickhouseReader(connection);
  const writer = new ClickhouseWriter(connection, now);
  const pieces = new PieceRows(connection);
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
    ...logEventRows(connection),
    ...annotationRows(connection),
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
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      await connection.close();
    },
  };
}
