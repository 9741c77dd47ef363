import type { StoreReader } from '../store/contract.js';
import type { ReadPool } from './read-pool.js';
import type { ReadFunction } from './read-worker.js';

/** The reader of the store, each function of which runs in a worker. */
export function readerIn(pool: Pick<ReadPool, 'read'>): StoreReader {
  const inWorker =
    <N extends ReadFunction>(name: N) =>
    async (...args: Parameters<StoreReader[N]>): Promise<Awaited<ReturnType<StoreReader[N]>>> =>
      (await pool.read(name, args)) as Awaited<ReturnType<StoreReader[N]>>;
  return {
    listSessions: inWorker('listSessions'),
    countSessions: inWorker('countSessions'),
    sessionFacets: inWorker('sessionFacets'),
    sessionNeighbours: inWorker('sessionNeighbours'),
    getSession: inWorker('getSession'),
    listTraces: inWorker('listTraces'),
    getTrace: inWorker('getTrace'),
    listTraceIds: inWorker('listTraceIds'),
    listObservations: inWorker('listObservations'),
    getObservation: inWorker('getObservation'),
    readBodies: inWorker('readBodies'),
    searchSessions: inWorker('searchSessions'),
    readLogEvents: inWorker('readLogEvents'),
    listAnnotations: inWorker('listAnnotations'),
    annotationsOf: inWorker('annotationsOf'),
    readMedia: inWorker('readMedia'),
  };
}
