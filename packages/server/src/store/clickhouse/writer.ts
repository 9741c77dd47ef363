import type { Observation } from '../../observation/observation.js';
import type { Source } from '../trace-attributes.js';
import type { Connection, Row } from './connection.js';
import { NewContents } from './contents.js';
import type { PendingWrites } from './pending-writes.js';
import { rankOf } from './rank.js';
import type { Change, Revisions } from './revisions.js';
import { activityRow } from './session-pages.js';
import { computeSessions } from './session-rows.js';
import { statementRow } from './statements.js';
import type { Tombstones } from './tombstones.js';
import { type ComputedTrace, computeTraces, factsOf, sessionTraceRows, traceRow } from './trace-rows.js';

/** What is said of a trace without an observation of it. */
export type SourceOfTrace = Source & Pick<Observation, 'traceId'>;

export interface WriterDeps {
  readonly connection: Connection;
  readonly pending: PendingWrites;
  readonly tombstones: Tombstones;
  readonly revisions: Revisions;
  readonly now: () => number;
}

/**
 * Writes observations: first what arrived, then what is computed from it. Whoever inserts last reads after all others have
 * inserted, so that the row that was computed from everything is written by somebody before that somebody answers; the row of
 * whoever read earlier has a smaller version. So any number of writers, on any number of nodes, leave the same rows. Where a writer
 * ends between the two, `finishWrites` computes in its place.
 */
export class ClickhouseWriter {
  readonly #connection: Connection;
  readonly #pending: PendingWrites;
  readonly #tombstones: Tombstones;
  readonly #revisions: Revisions;
  readonly #now: () => number;
  /** Is told of traces whose rows were computed. */
  onComputed: ((projectId: string, traceIds: readonly string[]) => void) | undefined;

  constructor({ connection, pending, tombstones, revisions, now }: WriterDeps) {
    this.#connection = connection;
    this.#pending = pending;
    this.#tombstones = tombstones;
    this.#revisions = revisions;
    this.#now = now;
  }

  /** @param sources say more of the traces of the batch. */
  async write(projectId: string, all: readonly Observation[], sources: readonly SourceOfTrace[] = []): Promise<void> {
    const named = [...new Set(all.map(({ traceId }) => traceId))];
    const deleted = await this.#tombstones.among(projectId, 'trace', named);
    const batch = all.filter(({ traceId }) => !deleted.has(traceId));
    if (batch.length === 0) return;
    const contents = new NewContents();
    const observations = batch.map((observation) => observationRow(projectId, observation, contents));
    const statements = [...batch, ...sources.filter(({ traceId }) => !deleted.has(traceId))]
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

  /**
   * Computes the rows of traces, and of the sessions that they have or had, from what is stored. Gives the ids of these sessions.
   */
  async compute(projectId: string, traceIds: readonly string[]): Promise<{ readonly sessionIds: readonly string[] }> {
    const traces = await computeTraces(this.#connection, this.#tombstones, projectId, traceIds);
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
    await this.#revisions.touch(projectId, traces.flatMap(changesOf));
    this.onComputed?.(projectId, traceIds);
    return { sessionIds: [...ids] };
  }

  /** Computes the rows of sessions from what is stored. */
  async computeSessions(projectId: string, sessionIds: readonly string[]): Promise<void> {
    const sessions = await computeSessions(this.#connection, projectId, sessionIds, this.#now());
    // Before the sessions: each that is there can be found.
    const activity = sessions.map(activityRow).filter((row) => row !== null);
    await this.#connection.insert('session_activity', activity);
    await this.#connection.insert('sessions', sessions);
  }
}

/** In every session that the trace is or was in. */
function changesOf({ id: traceId, sessionIds }: ComputedTrace): Change[] {
  return sessionIds.length === 0
    ? [{ sessionId: null, traceId }]
    : sessionIds.map((sessionId) => ({ sessionId, traceId }));
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
