import { groupBy } from '@powerrag/protocol';
import type { Observation } from '../../observation/observation.js';
import type { StoredObservation, StoredTrace } from '../contract.js';
import { summariseTrace, type TraceSummary } from '../summary.js';
import { MergedTraceAttributes } from '../trace-attributes.js';
import type { Connection, Row } from './connection.js';
import { DELETED } from './deleted.js';
import { inChunks } from './lists.js';
import type { StatementRow } from './statements.js';
import { readStatement } from './statements.js';
import type { Tombstones } from './tombstones.js';

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
  const facts = JSON.parse(row.facts) as Facts;
  // Rows from before it was kept have none.
  const { responseId = null } = facts;
  return { ...facts, responseId, id: row.observation_id, traceId: row.trace_id, sessionId };
}

/** A trace, computed from all that is stored of it; or one that was deleted. */
export interface ComputedTrace {
  readonly id: string;
  readonly computed: Computed | null;
  /** Every session that it was ever in, the current one included. */
  readonly sessionIds: readonly string[];
}

interface Computed {
  /** Grows with every row that the trace was computed from. */
  readonly version: bigint;
  readonly summary: TraceSummary;
  /** The recipes of its input and output. */
  readonly texts: { readonly input: string; readonly output: string };
}

/** Reads the observations and statements of traces, and computes each that has an observation or was deleted. */
export async function computeTraces(
  connection: Connection,
  tombstones: Tombstones,
  projectId: string,
  traceIds: readonly string[],
): Promise<ComputedTrace[]> {
  const traces: ComputedTrace[] = [];
  for (const ids of inChunks(traceIds)) {
    const parameters = { project: projectId, ids };
    const of = 'FINAL WHERE project_id = {project:String} AND trace_id IN {ids:Array(String)}';
    const [observations, statements, deleted] = await Promise.all([
      connection.query<ObservationRow>(
        `SELECT trace_id, observation_id, toString(rank) AS rank, facts FROM observations ${of}`,
        parameters,
      ),
      connection.query<StatementRow>(`SELECT trace_id, hash, said, input, output FROM statements ${of}`, parameters),
      tombstones.among(projectId, 'trace', ids),
    ]);
    const statementsOf = groupBy(statements, ({ trace_id }) => trace_id);
    const observationsOf = groupBy(observations, ({ trace_id }) => trace_id);
    for (const id of ids) {
      const [rows, said] = [observationsOf.get(id), statementsOf.get(id) ?? []];
      if (deleted.has(id)) traces.push({ id, computed: null, sessionIds: mergeStatements(said).sessionIds });
      else if (rows !== undefined) traces.push(computeTrace(id, rows, said));
    }
  }
  return traces;
}

function mergeStatements(statements: readonly StatementRow[]) {
  const merged = new MergedTraceAttributes();
  const sessionIds = new Set<string>();
  for (const row of statements) {
    const statement = readStatement(row);
    merged.merge(statement);
    for (const { trace } of [statement, ...statement.statements]) {
      if (trace.sessionId !== undefined) sessionIds.add(trace.sessionId);
    }
  }
  return { merged, sessionIds: [...sessionIds] };
}

function computeTrace(id: string, rows: readonly ObservationRow[], statements: readonly StatementRow[]): ComputedTrace {
  const { merged, sessionIds } = mergeStatements(statements);
  const sessionId = merged.fields.sessionId?.value ?? null;
  const summary = summariseTrace(
    id,
    rows.map((row) => toStored(row, sessionId)),
    merged,
    NOT_NUMBERED,
  );
  const { input = '', output = '', ...shown } = summary.shown;
  const version = rows.reduce((sum, { rank }) => sum + BigInt(rank), BigInt(statements.length));
  return { id, computed: { version, summary: { ...summary, shown }, texts: { input, output } }, sessionIds };
}

export function traceRow(projectId: string, { id, computed }: ComputedTrace): Row {
  if (computed === null) return { project_id: projectId, trace_id: id, version: String(DELETED), is_alive: 0 };
  const { version, summary, texts } = computed;
  const { shown } = summary;
  return {
    ...{ project_id: projectId, trace_id: id, version: String(version), session_id: shown.sessionId ?? '' },
    ...{ user_id: shown.userId ?? '', name: shown.name, release: shown.release ?? '' },
    ...{ trace_version: shown.version ?? '', environment: shown.environment ?? '', tags: shown.tags ?? [] },
    ...{ start_ms: shown.startMs, end_ms: shown.endMs, is_alive: 1 },
    ...{ shown: JSON.stringify(shown), input: texts.input, output: texts.output },
  };
}

export function sessionTraceRows(projectId: string, { id, computed, sessionIds }: ComputedTrace): Row[] {
  if (computed === null) {
    return sessionIds.map((sessionId) => ({
      ...{ project_id: projectId, session_id: sessionId, trace_id: id, version: String(DELETED) },
      ...{ is_alive: 0, summary: '' },
    }));
  }
  const { version, summary } = computed;
  // Of the attributes, only what a session shows; what it is found by is in the texts.
  const { startMs, endMs, userId, environment } = summary.shown;
  const shown = { id, startMs, endMs, userId, environment };
  return sessionIds.map((sessionId) => ({
    ...{ project_id: projectId, session_id: sessionId, trace_id: id, version: String(version) },
    is_alive: sessionId === summary.shown.sessionId ? 1 : 0,
    summary: JSON.stringify({ shown, totals: summary.totals, texts: summary.texts }),
  }));
}

/** Changes are numbered in a table of their own. */
const NOT_NUMBERED = 0;

/** A trace as its row has it, without its texts. */
export function toTrace(row: { readonly shown: string }): StoredTrace {
  return JSON.parse(row.shown) as StoredTrace;
}
