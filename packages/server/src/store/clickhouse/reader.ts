import { type BoundedCount, groupBy, type SessionFacets, type SessionNeighbours } from '@powerrag/protocol';
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
import { byStart } from '../order.js';
import type { FacetQuery, SessionFilter, SessionOrder } from '../session-filter.js';
import { type Conditions, IN_PROJECT, TRACES_OF_SESSION } from './conditions.js';
import type { Connection, Parameter } from './connection.js';
import { readContents } from './contents.js';
import { inChunks } from './lists.js';
import { inSteps } from './ordered-rows.js';
import type { Revisions } from './revisions.js';
import { countSessions, listSessions, sessionFacets, sessionNeighbours } from './session-queries.js';
import { NOT_DELETED } from './tombstones.js';
import { addTraceCondition, TRACE_FIELDS, TRACE_NUMBERS } from './trace-conditions.js';
import { toStored, toTrace } from './trace-rows.js';

interface TraceRow {
  readonly shown: string;
  readonly input: string;
  readonly output: string;
}

interface ObservationRow {
  readonly trace_id: string;
  readonly observation_id: string;
  readonly facts: string;
}

export interface VersionedTrace {
  readonly trace: StoredTrace;
  /** Grows with what the row was computed from. */
  readonly version: bigint;
}

type BodyRow = Record<'trace_id' | 'observation_id' | 'input' | 'output' | 'metadata' | 'events', string>;

interface TracePage extends Required<Pick<TraceQuery, 'sort' | 'order' | 'offset'>> {
  readonly limit: number | undefined;
}

/** Traces up to the end of a page that are gone through in order; further pages read all of the project. */
const MOST_WALKED = 1_000;

export class ClickhouseReader implements SessionReader {
  readonly #connection: Connection;
  readonly #revisions: Revisions;

  constructor(connection: Connection, revisions: Revisions) {
    this.#connection = connection;
    this.#revisions = revisions;
  }

  async listSessions(projectId: string, query: SessionQuery): Promise<SessionList> {
    const list = await listSessions(this.#connection, projectId, query);
    return { ...list, sessions: await this.numberedSessions(projectId, list.sessions) };
  }

  async numberedSessions(projectId: string, sessions: readonly StoredSession[]): Promise<StoredSession[]> {
    const ids = sessions.map(({ id }) => id);
    const revisions = await this.#revisions.ofSessions(projectId, ids);
    return sessions.map((session) => ({ ...session, revision: revisions.get(session.id) ?? 0 }));
  }

  countSessions(projectId: string, filter: SessionFilter): Promise<BoundedCount> {
    return countSessions(this.#connection, projectId, filter);
  }

  sessionFacets(projectId: string, query: FacetQuery): Promise<SessionFacets> {
    return sessionFacets(this.#connection, projectId, query);
  }

  sessionNeighbours(
    projectId: string,
    sessionId: string,
    query: SessionOrder & { readonly filter?: SessionFilter },
  ): Promise<SessionNeighbours | null> {
    return sessionNeighbours(this.#connection, projectId, sessionId, query);
  }

  async getSession(projectId: string, sessionId: string): Promise<StoredSession | null> {
    // First: what the session is read with is then at least as new as its number says.
    const revision = (await this.#revisions.ofSessions(projectId, [sessionId])).get(sessionId) ?? 0;
    const [row] = await this.#connection.query<{ shown: string }>(
      `SELECT shown FROM sessions FINAL WHERE ${IN_PROJECT} AND session_id = {session:String} AND is_alive = 1`,
      { project: projectId, session: sessionId },
    );
    return row === undefined ? null : { ...(JSON.parse(row.shown) as StoredSession), revision };
  }

  async listTraces(projectId: string, query: TraceQuery): Promise<TraceList> {
    const matching = traceConditions(projectId, query);
    const offset = query.offset ?? 0;
    const rows = await this.#traceRows(projectId, query, matching);
    const isAll = query.isCounted === false || (query.limit === undefined && query.offset === undefined);
    return {
      traces: await this.#toTraces(projectId, rows),
      total: isAll ? offset + rows.length : await this.#countTraces(matching),
    };
  }

  async #traceRows(projectId: string, query: TraceQuery, matching: Conditions): Promise<TraceRow[]> {
    const { limit, offset = 0, sort = 'start', order = 'asc' } = query;
    const isOfProject = query.sessionId === undefined && query.afterRevision === undefined;
    if (isOfProject && sort === 'start' && limit !== undefined && offset + limit <= MOST_WALKED) {
      // No trace has an empty id: of this moment none when it is left out, and all when it is not.
      const firstMs = order === 'desc' ? query.toMs : query.fromMs;
      const walk = {
        ...({ projectId, table: 'traces', id: 'trace_id', column: 'start_ms', order } as const),
        ...{ after: firstMs === undefined ? null : { value: firstMs, id: '' }, wanted: offset + limit },
      };
      const rows = await inSteps(this.#connection, walk, ({ sql, parameters }, left) =>
        this.#readTraces(
          { sql: [...matching.sql, ...sql], parameters: { ...matching.parameters, ...parameters } },
          { sort, order, limit: left, offset: 0 },
        ),
      );
      return rows.slice(offset);
    }
    return this.#readTraces(matching, { sort, order, limit, offset });
  }

  #readTraces({ sql, parameters }: Conditions, { sort, order, limit, offset }: TracePage): Promise<TraceRow[]> {
    const by = TRACE_NUMBERS[sort === 'end' ? 'endMs' : 'startMs'];
    return this.#connection.query<TraceRow>(
      `SELECT shown, input, output FROM traces FINAL WHERE ${sql.join(' AND ')}
        ORDER BY ${by} ${order}, trace_id ${order} ${limit === undefined ? '' : 'LIMIT {limit:UInt32}'} OFFSET {offset:UInt32}`,
      { ...parameters, ...(limit === undefined ? {} : { limit }), offset },
    );
  }

  /** Those of the traces that are there, each with the version of its row. At most as many as one query names. */
  async versionedTraces(projectId: string, traceIds: readonly string[]): Promise<VersionedTrace[]> {
    const rows = await this.#connection.query<TraceRow & { readonly version: string }>(
      `SELECT toString(version) AS version, shown, input, output FROM traces FINAL
        WHERE ${IN_PROJECT} AND trace_id IN {traces:Array(String)} AND is_alive = 1`,
      { project: projectId, traces: traceIds },
    );
    const traces = await this.#toTraces(projectId, rows);
    return traces.map((trace, index) => ({ trace, version: BigInt(rows[index]?.version ?? 0) }));
  }

  /** The observations of each of the traces, as `listObservations` gives them. At most as many traces as one query names. */
  async observationsOf(
    projectId: string,
    traces: readonly Pick<StoredTrace, 'id' | 'sessionId'>[],
  ): Promise<Map<string, StoredObservation[]>> {
    const traceIds = traces.map(({ id }) => id);
    const rows = await this.#connection.query<ObservationRow>(
      `SELECT trace_id, observation_id, facts FROM observations FINAL
        WHERE ${IN_PROJECT} AND trace_id IN {traces:Array(String)} AND ${NOT_DELETED}`,
      { project: projectId, traces: traceIds },
    );
    const sessions = new Map(traces.map(({ id, sessionId }) => [id, sessionId ?? null]));
    const observations = rows.map((row) => toStored(row, sessions.get(row.trace_id) ?? null)).sort(byStart);
    return groupBy(observations, ({ traceId }) => traceId);
  }

  async getTrace(projectId: string, traceId: string): Promise<StoredTrace | null> {
    const rows = await this.#connection.query<TraceRow>(
      `SELECT shown, input, output FROM traces FINAL WHERE ${IN_PROJECT} AND trace_id = {trace:String} AND is_alive = 1`,
      { project: projectId, trace: traceId },
    );
    return (await this.#toTraces(projectId, rows))[0] ?? null;
  }

  async listTraceIds(projectId: string, sessionId: string): Promise<string[]> {
    const { traces } = await this.listTraces(projectId, { sessionId });
    return traces.map(({ id }) => id);
  }

  async listObservations(
    projectId: string,
    of: { readonly sessionId: string } | { readonly traceId: string },
  ): Promise<StoredObservation[]> {
    const inTraces =
      'sessionId' in of ? `trace_id IN (${TRACES_OF_SESSION})` : `trace_id = {trace:String} AND ${NOT_DELETED}`;
    const [rows, sessionId] = await Promise.all([
      this.#connection.query<ObservationRow>(
        `SELECT trace_id, observation_id, facts FROM observations FINAL WHERE ${IN_PROJECT} AND ${inTraces}`,
        {
          project: projectId,
          ...('sessionId' in of ? { session: of.sessionId } : { trace: of.traceId, traces: [of.traceId] }),
        },
      ),
      'sessionId' in of ? of.sessionId : this.#sessionOf(projectId, of.traceId),
    ]);
    return rows.map((row) => toStored(row, sessionId)).sort(byStart);
  }

  async getObservation(
    projectId: string,
    traceId: string | null,
    observationId: string,
  ): Promise<StoredObservation | null> {
    if (traceId === null) {
      const latest = await this.#latestTraceWith(projectId, observationId);
      return latest === null ? null : this.getObservation(projectId, latest, observationId);
    }
    const [[row], sessionId] = await Promise.all([
      this.#connection.query<ObservationRow>(
        `SELECT trace_id, observation_id, facts FROM observations FINAL
          WHERE ${IN_PROJECT} AND trace_id = {trace:String} AND observation_id = {id:String} AND ${NOT_DELETED}`,
        { project: projectId, trace: traceId, traces: [traceId], id: observationId },
      ),
      this.#sessionOf(projectId, traceId),
    ]);
    return row === undefined ? null : toStored(row, sessionId);
  }

  async readBodies(
    projectId: string,
    of: readonly { readonly traceId: string; readonly id: string }[],
  ): Promise<(ObservationBody | null)[]> {
    const bodies: (ObservationBody | null)[] = [];
    for (const chunk of inChunks(of)) bodies.push(...(await this.#readBodies(projectId, chunk)));
    return bodies;
  }

  async #latestTraceWith(projectId: string, observationId: string): Promise<string | null> {
    const [row] = await this.#connection.query<{ trace_id: string }>(
      `SELECT trace_id FROM traces FINAL WHERE ${IN_PROJECT} AND is_alive = 1 AND trace_id IN (
          SELECT trace_id FROM observations WHERE ${IN_PROJECT} AND observation_id = {id:String})
        ORDER BY ${TRACE_NUMBERS.endMs} DESC, trace_id DESC LIMIT 1`,
      { project: projectId, id: observationId },
    );
    return row?.trace_id ?? null;
  }

  async #readBodies(
    projectId: string,
    of: readonly { readonly traceId: string; readonly id: string }[],
  ): Promise<(ObservationBody | null)[]> {
    const rows = await this.#connection.query<BodyRow>(
      `SELECT trace_id, observation_id, input, output, metadata, events FROM observations FINAL
        WHERE ${IN_PROJECT} AND trace_id IN {traces:Array(String)} AND observation_id IN {ids:Array(String)}
          AND ${NOT_DELETED}`,
      { project: projectId, traces: unique(of.map(({ traceId }) => traceId)), ids: unique(of.map(({ id }) => id)) },
    );
    const asked = new Map(rows.map((row) => [`${row.trace_id}/${row.observation_id}`, row]));
    const found = of.map(({ traceId, id }) => asked.get(`${traceId}/${id}`) ?? null);
    const recipes = found.flatMap((row) => (row === null ? [] : [row.input, row.output, row.metadata, row.events]));
    const texts = (await readContents(this.#connection, projectId, recipes)).values();
    const next = (): string | null => texts.next().value ?? null;
    return found.map((row) => {
      if (row === null) return null;
      const [input, output, metadata, events] = [next(), next(), next(), next()];
      return { input, output, metadata: JSON.parse(metadata ?? '{}'), events: JSON.parse(events ?? '[]') };
    });
  }

  async #sessionOf(projectId: string, traceId: string): Promise<string | null> {
    const [row] = await this.#connection.query<{ session_id: string }>(
      `SELECT session_id FROM traces FINAL WHERE ${IN_PROJECT} AND trace_id = {trace:String}`,
      { project: projectId, trace: traceId },
    );
    return row === undefined || row.session_id === '' ? null : row.session_id;
  }

  async #toTraces(projectId: string, rows: readonly TraceRow[]): Promise<StoredTrace[]> {
    const recipes = rows.flatMap(({ input, output }) => [input, output]);
    const texts = (await readContents(this.#connection, projectId, recipes)).values();
    const next = (): string | null => texts.next().value ?? null;
    const traces = rows.map((row) => {
      const [input, output] = [next(), next()];
      return { ...toTrace(row), ...(input === null ? {} : { input }), ...(output === null ? {} : { output }) };
    });
    return this.#revisions.numbered(projectId, traces);
  }

  async #countTraces({ sql, parameters }: Conditions): Promise<number> {
    const [row] = await this.#connection.query<{ total: string | number }>(
      `SELECT count() AS total FROM traces FINAL WHERE ${sql.join(' AND ')}`,
      parameters,
    );
    return Number(row?.total ?? 0);
  }
}

function traceConditions(projectId: string, query: TraceQuery): Conditions {
  const all = startsWithin(query, { sql: [IN_PROJECT, 'is_alive = 1'], parameters: { project: projectId } });
  const add = (sql: string, parameters: Record<string, Parameter>) => {
    all.sql.push(sql);
    Object.assign(all.parameters, parameters);
  };
  for (const field of ['userId', 'name', 'version', 'release'] as const) {
    const value = query[field];
    if (value !== undefined) add(`${TRACE_FIELDS[field]} = {${field}:String}`, { [field]: value });
  }
  if (query.afterRevision !== undefined) {
    const inSession = query.sessionId === undefined ? '' : 'AND session_id = {session:String}';
    add(
      `(session_id, trace_id) IN (SELECT session_id, trace_id FROM revisions
        WHERE ${IN_PROJECT} ${inSession} GROUP BY session_id, trace_id HAVING max(revision) > {after:UInt64})`,
      { after: query.afterRevision },
    );
  }
  if (query.sessionId !== undefined) add(`trace_id IN (${TRACES_OF_SESSION})`, { session: query.sessionId });
  if (query.environments?.length)
    add('environment IN {environments:Array(String)}', { environments: query.environments });
  if (query.tags?.length) add('hasAll(tags, {tags:Array(String)})', { tags: query.tags });
  for (const [index, condition] of (query.where ?? []).entries()) addTraceCondition(condition, `w${index}`, add);
  return all;
}

function startsWithin(
  { fromMs, toMs }: { readonly fromMs?: number; readonly toMs?: number },
  to: Conditions,
): Conditions {
  if (fromMs !== undefined) {
    to.sql.push('start_ms >= {from:Float64}');
    to.parameters.from = fromMs;
  }
  if (toMs !== undefined) {
    to.sql.push('start_ms < {to:Float64}');
    to.parameters.to = toMs;
  }
  return to;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
