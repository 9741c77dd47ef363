import { byTimeAndPlace, type LogEvent, type LogEvents } from '../log-events.js';
import type { Connection } from './connection.js';
import { inChunks } from './lists.js';
import type { PendingWrites } from './pending-writes.js';
import type { Change } from './revisions.js';
import { NOT_DELETED, type Tombstones } from './tombstones.js';

interface LogEventRow {
  readonly trace_id: string;
  readonly observation_id: string;
  readonly event: string;
}

export interface LogEventRowsDeps {
  readonly connection: Connection;
  readonly tombstones: Tombstones;
  readonly pending: Pick<PendingWrites, 'begin' | 'finish'>;
  /** Numbers what changed. */
  readonly touched: (projectId: string, changes: readonly Change[]) => Promise<unknown>;
}

/** What logs say: of events of one key the one with the first place stands, which is the least of a tuple. */
export function logEventRows({ connection, tombstones, pending, touched }: LogEventRowsDeps): LogEvents {
  return {
    writeLogEvents: async (projectId, all) => {
      const events = await tombstones.leaveOut(projectId, all);
      const traceIds = [...new Set(events.map(({ traceId }) => traceId))];
      if (traceIds.length === 0) return;
      // Where this node ends before the words are in a digest, another one finds the traces by it.
      const write = await pending.begin(projectId, traceIds);
      await connection.insert(
        'log_events',
        events.map((event) => ({
          ...{ project_id: projectId, trace_id: event.traceId, observation_id: event.id, event_key: event.key },
          first: [event.place, JSON.stringify(event)],
        })),
      );
      await touched(
        projectId,
        traceIds.map((traceId) => ({ traceId, sessionId: null })),
      );
      pending.finish(write);
    },
    readLogEvents: async (projectId, of) => {
      const found = new Map<string, LogEvent[]>();
      for (const chunk of inChunks(of)) {
        const rows = await connection.query<LogEventRow>(
          `SELECT trace_id, observation_id, min(first).2 AS event FROM log_events
            WHERE project_id = {project:String} AND trace_id IN {traces:Array(String)}
              AND observation_id IN {ids:Array(String)} AND ${NOT_DELETED}
            GROUP BY trace_id, observation_id, event_key`,
          {
            project: projectId,
            traces: [...new Set(chunk.map(({ traceId }) => traceId))],
            ids: [...new Set(chunk.map(({ id }) => id))],
          },
        );
        for (const { trace_id, observation_id, event } of rows) {
          const key = `${trace_id}/${observation_id}`;
          found.set(key, [...(found.get(key) ?? []), JSON.parse(event) as LogEvent]);
        }
      }
      return of.map(({ traceId, id }) => (found.get(`${traceId}/${id}`) ?? []).toSorted(byTimeAndPlace));
    },
  };
}
