import type { BoundedCount, SessionFacets, SessionNeighbours } from '@powerrag/protocol';
import type { ObservationBody } from '../../observation/observation.js';
import type {
  SessionList,
  SessionQuery,
  SessionReader,
  StoredObservation,
  StoredSession,
  StoredTrace,
  TraceList,
  TraceQuery,
} from '../contract.js';
import type { TextKind } from '../findable-texts.js';
import { byStart, compareText } from '../order.js';
import type { FacetQuery, SessionFilter, SessionOrder } from '../session-filter.js';
import { shownTotals } from '../totals.js';
import type { Contents } from './contents.js';
import type { Database, Statement } from './driver.js';
import { type ObservationRows, type PlacedRow, toStored } from './observation-rows.js';
import { SessionFacetRows } from './session-facets.js';
import { SessionLists } from './session-lists.js';
import type { SessionRow } from './session-rows.js';
import { toTrace } from './stored-trace.js';
import { KINDS } from './text-rows.js';
import { readTotals } from './totals-columns.js';
import { TraceLists } from './trace-lists.js';
import type { TraceRow } from './trace-rows.js';

const PLACED = `SELECT observations.*, traces.trace_id, sessions.session_id
  FROM traces
  JOIN observations USING (trace_key)
  LEFT JOIN sessions USING (session_key)`;

/** Traces one after the other, the latest end first: each is asked for the observation by its key. */
const PLACED_BY_LAST = PLACED.replace('FROM traces\n  JOIN', 'FROM traces INDEXED BY traces_by_last\n  CROSS JOIN');

const SHOWN_KINDS = [KINDS.userId, KINDS.environment, KINDS.tag, KINDS.model, KINDS.service].join(', ');

/** Prepared statements that are kept. */
const MAX_STATEMENTS = 128;

export class SqliteReader implements SessionReader {
  readonly #database: Database;
  readonly #contents: Contents;
  readonly #observations: ObservationRows;
  readonly #statements = new Map<string, Statement>();
  readonly lists = new SessionLists((sql) => this.#prepare(sql));
  readonly #traces = new TraceLists((sql) => this.#prepare(sql));
  readonly #facets = new SessionFacetRows((sql) => this.#prepare(sql), this.lists);

  constructor(database: Database, contents: Contents, observations: ObservationRows) {
    this.#database = database;
    this.#contents = contents;
    this.#observations = observations;
  }

  async listSessions(projectId: string, query: SessionQuery): Promise<SessionList> {
    const { rows, nextCursor } = this.lists.page(projectId, query);
    return {
      sessions: rows.map((row) => this.toSession(row)),
      nextCursor,
      total: query.offset === undefined ? null : this.lists.countAll(projectId, query.filter ?? {}),
    };
  }

  async countSessions(projectId: string, filter: SessionFilter): Promise<BoundedCount> {
    return this.lists.count(projectId, filter);
  }

  async sessionFacets(projectId: string, query: FacetQuery): Promise<SessionFacets> {
    return this.#facets.facets(projectId, query);
  }

  async sessionNeighbours(
    projectId: string,
    sessionId: string,
    query: SessionOrder & { readonly filter?: SessionFilter },
  ): Promise<SessionNeighbours | null> {
    return this.lists.neighbours(projectId, sessionId, query);
  }

  async getSession(projectId: string, sessionId: string): Promise<StoredSession | null> {
    const sql = 'SELECT * FROM sessions WHERE project_id = ? AND session_id = ?';
    const row = this.#prepare(sql).get(projectId, sessionId) as SessionRow | undefined;
    return row === undefined ? null : this.toSession(row);
  }

  async listTraces(projectId: string, query: TraceQuery): Promise<TraceList> {
    const { rows, total } = this.#traces.page(projectId, query);
    return { traces: rows.map((row) => toTrace(row, this.#contents)), total };
  }

  async getTrace(projectId: string, traceId: string): Promise<StoredTrace | null> {
    const sql = 'SELECT * FROM traces WHERE project_id = ? AND trace_id = ?';
    const row = this.#prepare(sql).get(projectId, traceId) as TraceRow | undefined;
    return row === undefined ? null : toTrace(row, this.#contents);
  }

  async listTraceIds(projectId: string, sessionId: string): Promise<string[]> {
    const sql = `SELECT trace_id FROM traces JOIN sessions USING (session_key)
      WHERE sessions.project_id = ? AND sessions.session_id = ?`;
    const rows = this.#prepare(sql).all(projectId, sessionId) as { trace_id: string }[];
    return rows.map(({ trace_id }) => trace_id);
  }

  async listObservations(
    projectId: string,
    of: { readonly sessionId: string } | { readonly traceId: string },
  ): Promise<StoredObservation[]> {
    const rows =
      'sessionId' in of
        ? this.#prepare(`${PLACED} WHERE sessions.project_id = ? AND sessions.session_id = ?`).all(
            projectId,
            of.sessionId,
          )
        : this.#prepare(`${PLACED} WHERE traces.project_id = ? AND traces.trace_id = ?`).all(projectId, of.traceId);
    return (rows as PlacedRow[]).map((row) => toStored(row, row.trace_id, row.session_id)).sort(byStart);
  }

  async getObservation(
    projectId: string,
    traceId: string | null,
    observationId: string,
  ): Promise<StoredObservation | null> {
    const named = 'traces.project_id = ? AND observations.observation_id = ?';
    const sql =
      traceId === null
        ? `${PLACED_BY_LAST} WHERE ${named} ORDER BY traces.end_ms DESC, traces.trace_id DESC LIMIT 1`
        : `${PLACED} WHERE ${named} AND traces.trace_id = ?`;
    const values = [projectId, observationId, ...(traceId === null ? [] : [traceId])];
    const row = this.#prepare(sql).get(...values) as PlacedRow | undefined;
    return row === undefined ? null : toStored(row, row.trace_id, row.session_id);
  }

  async readBodies(
    projectId: string,
    of: readonly { readonly traceId: string; readonly id: string }[],
  ): Promise<(ObservationBody | null)[]> {
    const find = this.#prepare('SELECT trace_key FROM traces WHERE project_id = ? AND trace_id = ?');
    return of.map(({ traceId, id }) => {
      const trace = find.get(projectId, traceId) as { trace_key: number } | undefined;
      return trace === undefined ? null : this.#observations.readBody(trace.trace_key, id);
    });
  }

  toSession(row: SessionRow): StoredSession {
    const sql = `SELECT session_texts.kind, value FROM session_texts JOIN texts USING (text_key)
      WHERE session_key = ? AND session_texts.kind IN (${SHOWN_KINDS})`;
    const values = this.#prepare(sql).all(row.session_key) as { kind: number; value: string }[];
    const ofKind = (kind: TextKind) =>
      values.flatMap((each) => (each.kind === KINDS[kind] ? each.value : [])).sort(compareText);
    return {
      id: row.session_id,
      name: row.name,
      lastAnswer: row.last_answer,
      turnCount: row.turn_count,
      userIds: this.#latestFirst(row.session_key, 'user_id', ofKind('userId')),
      environment: this.#latestFirst(row.session_key, 'environment', ofKind('environment'))[0] ?? null,
      tags: ofKind('tag'),
      models: ofKind('model'),
      services: ofKind('service'),
      traceCount: row.trace_count,
      ...shownTotals(readTotals(row)),
      startMs: row.start_ms,
      lastActivityMs: row.last_ms,
      revision: row.revision,
    };
  }

  /** Orders what the traces of a session have in a column by the end of the latest that has it. */
  #latestFirst(sessionKey: number, column: 'user_id' | 'environment', values: readonly string[]): readonly string[] {
    if (values.length < 2) return values;
    const sql = `SELECT ${column} AS value FROM traces INDEXED BY traces_by_end
      WHERE session_key = ? AND ${column} > '' ORDER BY end_ms DESC, trace_id DESC`;
    const rows = this.#prepare(sql).all(sessionKey) as { value: string }[];
    return [...new Set(rows.map(({ value }) => value))];
  }

  /** Keeps the most recently used statements: each combination of filters and numbers of values is another. */
  #prepare(sql: string): Statement {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
    // Moves it to the end: a map keeps the order of insertion.
    this.#statements.delete(sql);
    this.#statements.set(sql, statement);
    const [oldest] = this.#statements.keys();
    if (this.#statements.size > MAX_STATEMENTS && oldest !== undefined) this.#statements.delete(oldest);
    return statement;
  }
}
