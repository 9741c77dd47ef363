import { groupBy } from '@powerrag/protocol';
import type { Connection } from './connection.js';
import type { Digester } from './digester.js';

/** Seconds after a write in which its writer digests the traces: it does so within minutes, also at its busiest. */
const AFTER_S = 600;
/** Seconds in which a write may appear later than its mark says: on another replica, or by an insert that took long. */
const LATE_S = 60;
/** Minutes that a write may take from its begin to its end. */
const LONGEST_WRITE_MINUTES = 60;
/** Traces that one look adds: what is due is kept in memory. */
const MOST_TRACES = 10_000;

interface MissedTrace {
  readonly project_id: string;
  readonly trace_id: string;
}

/**
 * Finds traces whose latest words, of observations or of log events, their writer did not digest, because it ended or failed before.
 * The first look goes through the writes of the last day, which is as long as they are kept, and each further one through those since.
 */
export class MissedDigests {
  readonly #connection: Connection;
  readonly #digester: Pick<Digester, 'add'>;
  readonly #afterS: number;
  /** Unix seconds of the server. */
  #since = 0;

  /** @param afterS seconds after a write in which it is left to its writer. Default 600. */
  constructor(connection: Connection, digester: Pick<Digester, 'add'>, afterS = AFTER_S) {
    this.#connection = connection;
    this.#digester = digester;
    this.#afterS = afterS;
  }

  /** Gives the traces to the digester. */
  async look(): Promise<void> {
    const [time] = await this.#connection.query<{ at: string | number }>('SELECT toUnixTimestamp(now()) AS at');
    const until = Number(time?.at ?? 0) - this.#afterS;
    const missed = await this.#missed(until);
    for (const [projectId, traces] of groupBy(missed, ({ project_id }) => project_id)) {
      this.#digester.add(
        projectId,
        traces.map(({ trace_id }) => trace_id),
      );
    }
    // What did not fit is found by the next look.
    if (missed.length < MOST_TRACES) this.#since = until - LATE_S;
  }

  /**
   * Traces of the writes of that time whose digest is of an older version, or of fewer log events, or is not there. An event of an
   * observation that is not there is in no digest: its trace is digested once more than it has to be.
   */
  #missed(until: number): Promise<MissedTrace[]> {
    const written = `SELECT DISTINCT project_id, arrayJoin(trace_ids) AS trace_id FROM writes
      WHERE minute >= {minute:UInt32} AND marked >= toDateTime({since:UInt32}) AND marked <= toDateTime({until:UInt32})`;
    return this.#connection.query<MissedTrace>(
      `SELECT traces.project_id AS project_id, traces.trace_id AS trace_id FROM (
          SELECT project_id, trace_id, max(version) AS latest, argMax(is_alive, version) AS alive FROM traces
          WHERE (project_id, trace_id) IN (${written}) GROUP BY project_id, trace_id) AS traces
        LEFT JOIN (
          SELECT project_id, trace_id, max(version) AS digested FROM trace_digests
          WHERE (project_id, trace_id) IN (${written}) GROUP BY project_id, trace_id) AS digests
        ON traces.project_id = digests.project_id AND traces.trace_id = digests.trace_id
        LEFT JOIN (
          SELECT project_id, trace_id, uniqExact(observation_id, event_key) AS events FROM log_events
          WHERE (project_id, trace_id) IN (${written}) GROUP BY project_id, trace_id) AS said
        ON traces.project_id = said.project_id AND traces.trace_id = said.trace_id
        WHERE alive = 1 AND digested < latest + events LIMIT ${MOST_TRACES}`,
      {
        minute: Math.max(0, Math.floor(this.#since / 60) - LONGEST_WRITE_MINUTES),
        since: Math.max(0, this.#since),
        until,
      },
    );
  }
}
