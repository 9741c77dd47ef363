import type { SessionReader } from './contract.js';

/** The reader's methods, each bound to it: what a store that is put together from parts spreads into itself. */
export function boundReader(reader: SessionReader): SessionReader {
  return {
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
  };
}
