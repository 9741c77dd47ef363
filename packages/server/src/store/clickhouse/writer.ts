import type { Observation } from '../../observation/observation.js';
import type { Connection, Row } from './connection.js';
import { NewContents } from './contents.js';
import type { PendingWrites } from './pending-writes.js';
import { rankOf } from './rank.js';
import { activityRow } from './session-pages.js';
import { computeSessions } from './session-rows.js';
import { statementRow } from './statements.js';
import { computeTraces, factsOf, sessionTraceRows, traceRow } from './trace-rows.js';

/**
 * Writes observations: first what arrived, then what is computed from it. Whoever inserts last reads after all others have
 * inserted, so that the row that was computed from everything is written by somebody before that somebody answers; the row of
 * whoever read earlier has a smaller version. So any number of writers, on any number of nodes, leave the same rows. Where a writer
 * ends between the two, `finishWrites` computes in its place.
 */
export class ClickhouseWriter {
  readonly #connection: Connection;
  readonly #pending: PendingWrites;
  readonly #now: () => number;
  /** Is told of traces whose rows were computed. */
  onComputed: ((projectId: string, traceIds: readonly string[]) => void) | undefined;

  constructor(connection: Connection, pending: PendingWrites, now: () => number) {
    this.#connection = connection;
    this.#pending = pending;
    this.#now = now;
  }

  async write(projectId: string, batch: readonly Observation[]): Promise<void> {
    if (batch.length === 0) return;
    const contents = new NewContents();
    const observations = batch.map((observation) => observationRow(projectId, observation, contents));
    const statements = batch
      .map((observation) => statementRow(projectId, observation, contents))
      .filter((row) => row !== null);
    const traceIds = [...new Set(batch.map(({ traceId }) => traceId))];
    const [write] = await Promise.all([
      this.#pending.begin(projectId, traceIds),
      this.insertContents(projectId, contents),
    ]);
    await Promise.all([
      this.#connection.insert('statements', statements),
      this.#connection.insert('observations', observations),
    ]);
    await this.compute(projectId, traceIds);
    this.#pending.finish(write);
  }

  /** Before what refers to them. */
  async insertContents(projectId: string, contents: NewContents): Promise<void> {
    await this.#connection.insert('contents', contents.rows(projectId, this.#now()));
  }

  /** Computes the rows of traces, and of the sessions that they have or had, from what is stored. */
  async compute(projectId: string, traceIds: readonly string[]): Promise<void> {
    const traces = await computeTraces(this.#connection, projectId, traceIds);
    await Promise.all([
      this.#connection.insert(
        'traces',
        traces.map((trace) => traceRow(projectId, trace)),
      ),
      this.#connection.insert(
        'session_traces',
        traces.flatMap((trace) => sessionTraceRows(projectId, trace)),
      ),
    ]);
    const ids = new Set(traces.flatMap(({ sessionIds }) => sessionIds));
    await this.computeSessions(projectId, [...ids]);
    this.onComputed?.(projectId, traceIds);
  }

  /** Computes the rows of sessions from what is stored. */
  async computeSessions(projectId: string, sessionIds: readonly string[]): Promise<void> {
    const sessions = await computeSessions(this.#connection, projectId, sessionIds);
    // Before the sessions: each that is there can be found.
    const activity = sessions.map(activityRow).filter((row) => row !== null);
    await this.#connection.insert('session_activity', activity);
    await this.#connection.insert('sessions', sessions);
  }
}

function observationRow(projectId: string, observation: Observation, contents: NewContents): Row {
  const { traceId, id, body } = observation;
  return {
    ...{ project_id: projectId, trace_id: traceId, observation_id: id, rank: String(rankOf(observation)) },
    ...{
      facts: JSON.stringify(factsOf(observation)),
      input: contents.add(body.input),
      output: contents.add(body.output),
    },
    metadata: contents.add(JSON.stringify(body.metadata)),
    events: contents.add(JSON.stringify(body.events)),
  };
}
