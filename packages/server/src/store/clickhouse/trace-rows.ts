import type { Observation } from '../../observation/observation.js';
import type { StoredObservation, StoredTrace } from '../contract.js';
import { summariseTrace, type TraceSummary } from '../summary.js';
import { MergedTraceAttributes } from '../trace-attributes.js';
import type { Connection, Row } from './connection.js';
import { groupBy, inChunks } from './lists.js';
import type { StatementRow } from './statements.js';
import { readStatement } from './statements.js';

/** What is stored of a version beside its ids and texts. */
type Facts = Omit<StoredObservation, 'id' | 'traceId' | 'sessionId'>;

export interface ObservationRow {
  readonly trace_id: string;
  readonly observation_id: string;
  /** The rank, as digits. */
  readonly rank: string;
  readonly facts: string;
}

export function factsOf(observation: Observation): Facts {
  const {
    id: _id,
    traceId: _traceId,
    body: _body,
    trace: _trace,
    statements: _s,
    pieceCount: _p,
    ...facts
  } = observation;
  return facts;
}

export function toStored(row: Omit<ObservationRow, 'rank'>, sessionId: string | null): StoredObservation {
  return { ...(JSON.parse(row.facts) as Facts), id: row.observation_id, traceId: row.trace_id, sessionId };
}

/** A trace, computed from all that is stored of it. */
export interface ComputedTrace {
  readonly id: string;
  /** Grows with every row that the trace was computed from. */
  readonly version: bigint;
  readonly summary: TraceSummary;
  /** The recipes of its input and output. */
  readonly texts: { readonly input: string; readonly output: string };
  /** Every session that it was ever in, the current one included. */
  readonly sessionIds: readonly string[];
}

/** Reads the observations and statements of traces, and computes each trace that has an observation. */
export async function computeTraces(
  connection: Connection,
  projectId: string,
  traceIds: readonly string[],
): Promise<ComputedTrace[]> {
  const computed: ComputedTrace[] = [];
  for (const ids of inChunks(traceIds)) {
    const parameters = { project: projectId, ids };
    const of = 'FINAL WHERE project_id = {project:String} AND trace_id IN {ids:Array(String)}';
    const [observations, statements] = await Promise.all([
      connection.query<ObservationRow>(
        `SELECT trace_id, observation_id, toString(rank) AS rank, facts FROM observations ${of}`,
        parameters,
      ),
      connection.query<StatementRow>(`SELECT trace_id, hash, said, input, output FROM statements ${of}`, parameters),
    ]);
    const statementsOf = groupBy(statements, ({ trace_id }) => trace_id);
    for (const [id, rows] of groupBy(observations, ({ trace_id }) => trace_id)) {
      computed.push(computeTrace(id, rows, statementsOf.get(id) ?? []));
    }
  }
  return computed;
}

function computeTrace(id: string, rows: readonly ObservationRow[], statements: readonly StatementRow[]): ComputedTrace {
  const merged = new MergedTraceAttributes();
  const sessionIds = new Set<string>();
  for (const row of statements) {
    const statement = readStatement(row);
    merged.merge(statement);
    for (const { trace } of [statement, ...statement.statements]) {
      if (trace.sessionId !== undefined) sessionIds.add(trace.sessionId);
    }
  }
  const sessionId = merged.fields.sessionId?.value ?? null;
  const summary = summariseTrace(
    id,
    rows.map((row) => toStored(row, sessionId)),
    merged,
    UNKNOWN_REVISION,
  );
  const { input = '', output = '', ...shown } = summary.shown;
  return {
    id,
    version: rows.reduce((sum, { rank }) => sum + BigInt(rank), BigInt(statements.length)),
    summary: { ...summary, shown },
    texts: { input, output },
    sessionIds: [...sessionIds],
  };
}

export function traceRow(projectId: string, { id, version, summary, texts }: ComputedTrace): Row {
  const { shown } = summary;
  return {
    ...{ project_id: projectId, trace_id: id, version: String(version), session_id: shown.sessionId ?? '' },
    ...{ user_id: shown.userId ?? '', name: shown.name, release: shown.release ?? '' },
    ...{ trace_version: shown.version ?? '', environment: shown.environment ?? '', tags: shown.tags ?? [] },
    ...{ start_ms: shown.startMs, shown: JSON.stringify(shown), input: texts.input, output: texts.output },
  };
}

export function sessionTraceRows(projectId: string, { id, version, summary, sessionIds }: ComputedTrace): Row[] {
  // Of the attributes, only what a session shows; what it is found by is in the texts.
  const { startMs, endMs, userId, environment } = summary.shown;
  const shown = { id, startMs, endMs, userId, environment };
  return sessionIds.map((sessionId) => ({
    ...{ project_id: projectId, session_id: sessionId, trace_id: id, version: String(version) },
    is_alive: sessionId === summary.shown.sessionId ? 1 : 0,
    summary: JSON.stringify({ shown, totals: summary.totals, texts: summary.texts }),
  }));
}

/** Of many writers none numbers the changes: each trace counts as changed after any revision. */
const UNKNOWN_REVISION = Number.MAX_SAFE_INTEGER;

/** A trace as its row has it, without its texts. */
export function toTrace(row: { readonly shown: string }): StoredTrace {
  return JSON.parse(row.shown) as StoredTrace;
}
