import type { Observation } from '../../observation/observation.js';
import type { Connection, Row } from './connection.js';
import { NewContents } from './contents.js';
import { rankOf } from './rank.js';
import { statementRow } from './statements.js';
import { computeSession, computeTraces, factsOf, sessionTraceRows, traceRow } from './trace-rows.js';

/**
 * Writes observations: first what arrived, then what is computed from it. Whoever inserts last reads after all others have
 * inserted, so that the row that was computed from everything is written by somebody before that somebody answers; the row of
 * whoever read earlier has a smaller version. So any number of writers, on any number of nodes, leave the same rows.
 */
export class ClickhouseWriter {
  readonly #connection: Connection;
  readonly #now: () => number;

  constructor(connection: Connection, now: () => number = Date.now) {
    this.#connection = connection;
    this.#now = now;
  }

  async write(projectId: string, batch: readonly Observation[]): Promise<void> {
    const contents = new NewContents();
    const observations = batch.map((observation) => observationRow(projectId, observation, contents));
    const statements = batch
      .map((observation) => statementRow(projectId, observation, contents))
      .filter((row) => row !== null);
    await this.insertContents(projectId, contents);
    await Promise.all([
      this.#connection.insert('statements', statements),
      this.#connection.insert('observations', observations),
    ]);
    await this.compute(projectId, [...new Set(batch.map(({ traceId }) => traceId))]);
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
    const sessions: Row[] = [];
    for (const id of new Set(traces.flatMap(({ sessionIds }) => sessionIds))) {
      sessions.push(await computeSession(this.#connection, projectId, id));
    }
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
