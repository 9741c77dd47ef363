import {
  type BoundedCount,
  type Facet,
  type FacetCounts,
  readNumber,
  type ScoreCondition,
  type SessionFacets,
  type SessionNeighbours,
} from '@powerrag/protocol';
import type { SessionList, SessionQuery, StoredSession } from '../contract.js';
import { readCursor, writeCursor } from '../cursor.js';
import {
  type FacetQuery,
  filterForFacet,
  MAX_COUNT,
  MAX_FACET_SESSIONS,
  rangesOf,
  type SessionFilter,
  type SessionOrder,
  textsOfFilter,
} from '../session-filter.js';
import { keysAt } from './annotation-places.js';
import { type Conditions, IN_PROJECT } from './conditions.js';
import type { Connection, Parameter } from './connection.js';
import {
  COLUMNS,
  countUpTo,
  narrowedToFew,
  narrowedToLatest,
  pageOf,
  type SessionConditions,
} from './session-pages.js';
import { textKey } from './session-rows.js';

export async function listSessions(
  connection: Connection,
  projectId: string,
  query: SessionQuery,
): Promise<SessionList> {
  const { sort = 'lastActivity', order = 'desc', filter = {}, limit, offset } = query;
  const matching = conditionsOf(projectId, filter);
  const after = query.cursor === undefined ? null : readCursor(query.cursor, { sort, order });
  const rows = await pageOf(connection, matching, { sort, order, after, limit: limit + 1, offset: offset ?? 0 });
  const sessions = rows.slice(0, limit).map(({ shown }) => JSON.parse(shown) as StoredSession);
  const [last, lastRow] = [sessions.at(-1), rows.slice(0, limit).at(-1)];
  const hasMore = rows.length > limit && last !== undefined && lastRow !== undefined;
  return {
    sessions,
    nextCursor: hasMore ? writeCursor({ sort, order }, { value: lastRow.value, id: last.id }) : null,
    total: offset === undefined ? null : await count(connection, matching),
  };
}

export async function countSessions(
  connection: Connection,
  projectId: string,
  filter: SessionFilter,
): Promise<BoundedCount> {
  const matching = conditionsOf(projectId, filter);
  const total = await countUpTo(connection, (await narrowedToFew(connection, matching)) ?? matching, MAX_COUNT + 1);
  return { count: Math.min(total, MAX_COUNT), isExact: total <= MAX_COUNT };
}

export async function sessionNeighbours(
  connection: Connection,
  projectId: string,
  sessionId: string,
  { sort = 'lastActivity', order = 'desc', filter = {} }: SessionOrder & { readonly filter?: SessionFilter },
): Promise<SessionNeighbours | null> {
  const [own] = await connection.query<{ value: number }>(
    `SELECT ${COLUMNS[sort]} AS value FROM sessions FINAL
      WHERE ${IN_PROJECT} AND session_id = {session:String} AND is_alive = 1`,
    { project: projectId, session: sessionId },
  );
  if (own === undefined) return null;
  const after = { value: own.value, id: sessionId };
  const matching = conditionsOf(projectId, filter);
  const beside = async (order: 'asc' | 'desc'): Promise<string | null> => {
    const [row] = await pageOf(connection, matching, { sort, order, after, limit: 1, offset: 0 });
    return row === undefined ? null : (JSON.parse(row.shown) as StoredSession).id;
  };
  const [next, previous] = await Promise.all([beside(order), beside(order === 'desc' ? 'asc' : 'desc')]);
  return { previous, next };
}

export async function sessionFacets(
  connection: Connection,
  projectId: string,
  { filter, facets, limit }: FacetQuery,
): Promise<SessionFacets> {
  const counted = facets.map(async (facet): Promise<[Facet, FacetCounts]> => {
    const matching = conditionsOf(projectId, filterForFacet(filter, facet));
    const latest = await narrowedToLatest(connection, matching, MAX_FACET_SESSIONS);
    const [values, total] = await Promise.all([
      countFacet(connection, latest, facet, limit),
      countUpTo(connection, matching, MAX_FACET_SESSIONS + 1),
    ]);
    return [facet, { values, isExact: total <= MAX_FACET_SESSIONS }];
  });
  return Object.fromEntries(await Promise.all(counted));
}

async function count(connection: Connection, { sql, parameters }: Conditions): Promise<number> {
  const rows = await connection.query<{ total: string | number }>(
    `SELECT count() AS total FROM sessions FINAL WHERE ${sql.join(' AND ')}`,
    parameters,
  );
  return Number(rows[0]?.total ?? 0);
}

async function countFacet(connection: Connection, { sql, parameters }: Conditions, facet: Facet, limit: number) {
  const { value, join, more } = valuesOf(facet);
  const rows = await connection.query<{ value: string; total: string | number }>(
    `SELECT ${value} AS value, count() AS total FROM (
        SELECT session_id, texts, errors FROM sessions FINAL WHERE ${sql.join(' AND ')}
        ORDER BY last_ms DESC, session_id DESC LIMIT ${MAX_FACET_SESSIONS}
      ) AS found ${join}
      GROUP BY value ORDER BY total DESC, value LIMIT {values:UInt32}`,
    { ...parameters, ...more, values: limit },
  );
  return rows.map((row) => ({ value: row.value, count: Number(row.total) }));
}

function valuesOf(facet: Facet): { value: string; join: string; more: Record<string, Parameter> } {
  if (facet === 'hasErrors') return { value: "if(errors > 0, 'true', 'false')", join: '', more: {} };
  if (facet === 'score')
    return {
      value: 'score',
      join: `INNER JOIN (
        SELECT DISTINCT session_id, JSONExtractString(annotation, 'name') AS score FROM (${SCORES_OF_SESSIONS})
      ) AS scored USING (session_id)`,
      more: {},
    };
  return {
    value: 'substring(text, length({facet:String}) + 1)',
    join: 'ARRAY JOIN arrayFilter(each -> startsWith(each, {facet:String}), texts) AS text',
    more: { facet: textKey({ kind: facet, value: '' }) },
  };
}

/** The latest version of each score. */
const SCORES = `SELECT max(latest).2 AS annotation FROM annotations
  WHERE ${IN_PROJECT} AND kind = 'score' GROUP BY annotation_id`;

/** Each score with the session that it is on: its own, or that of its trace. */
const SCORES_OF_SESSIONS = `
  SELECT JSONExtractString(annotation, 'sessionId') AS session_id, annotation FROM (${SCORES})
    WHERE JSONExtractString(annotation, 'traceId') = '' AND JSONExtractString(annotation, 'sessionId') != ''
  UNION ALL
  SELECT session_id, annotation FROM (SELECT JSONExtractString(annotation, 'traceId') AS trace_id, annotation FROM (${SCORES})) AS on_traces
    INNER JOIN (SELECT session_id, trace_id FROM session_traces FINAL WHERE ${IN_PROJECT} AND is_alive = 1) AS placed
    USING (trace_id)`;

export function conditionsOf(projectId: string, filter: SessionFilter): SessionConditions {
  const ofTexts: string[] = [];
  const all: Conditions = { sql: [IN_PROJECT, 'is_alive = 1'], parameters: { project: projectId } };
  let names = 0;
  /** A name for the value in the query. */
  const bind = (value: Parameter): string => {
    names += 1;
    all.parameters[`p${names}`] = value;
    return `p${names}`;
  };
  for (const needed of textsOfFilter(filter)) {
    ofTexts.push(`hasAny(texts, {${bind(needed.map(textKey))}:Array(String)})`);
  }
  all.sql.push(...ofTexts);
  const ofNumbers: string[] = [];
  let active: SessionConditions['active'] = {};
  for (const [column, { min, max, below }] of rangesOf(filter)) {
    const name = COLUMNS[column];
    const sql = [
      ...(min === undefined ? [] : [`${name} >= {${bind(min)}:Float64}`]),
      ...(max === undefined ? [] : [`${name} <= {${bind(max)}:Float64}`]),
      ...(below === undefined ? [] : [`${name} < {${bind(below)}:Float64}`]),
    ];
    all.sql.push(...sql, ...(column === 'cost' ? ['has_cost = 1'] : []));
    if (column === 'lastActivity')
      active = { ...(min !== undefined && { from: min }), ...(below !== undefined && { to: below }) };
    else ofNumbers.push(sql.join(' AND '));
  }
  const scores = (filter.score ?? []).map((condition) => scoreCondition(condition, bind));
  const others = [...all.sql];
  const ofScores = (among: string | null) => [...others, ...scores.map((score) => haveScore(score, among))];
  if (scores.length === 0) return { ...all, ofTexts, ofNumbers, active };
  return { ...all, sql: ofScores(null), ofTexts, ofNumbers, ofScores, active };
}

/** On the text of a score. */
function scoreCondition({ name, value, min, max }: ScoreCondition, bind: (value: Parameter) => string): string {
  const number = "JSONExtract(annotation, 'value', 'Nullable(Float64)')";
  const sql = [`JSONExtractString(annotation, 'name') = {${bind(name)}:String}`];
  if (value !== undefined) {
    const asNumber = readNumber(value);
    const text = `JSONExtract(annotation, 'stringValue', 'Nullable(String)') = {${bind(value)}:String}`;
    sql.push(typeof asNumber === 'number' ? `(${text} OR ${number} = {${bind(asNumber)}:Float64})` : text);
  }
  if (min !== undefined) sql.push(`${number} >= {${bind(min)}:Float64}`);
  if (max !== undefined) sql.push(`${number} <= {${bind(max)}:Float64}`);
  return sql.join(' AND ');
}

/**
 * Whether a session, or a trace of it, has a score.
 *
 * @param among selects the ids of the sessions that are asked about; null for all.
 */
function haveScore(condition: string, among: string | null): string {
  const traces = `SELECT trace_id FROM session_traces FINAL WHERE ${IN_PROJECT} AND session_id IN (${among}) AND is_alive = 1`;
  /** A field of the scores, of those at some places where not all sessions are asked about. */
  const scores = (field: string, places: Parameters<typeof keysAt>[0], isOfKind: string) => `
    SELECT JSONExtractString(annotation, '${field}') FROM (
      SELECT max(latest).2 AS annotation FROM annotations
        WHERE ${IN_PROJECT} AND kind = 'score' ${among === null ? '' : `AND (kind, annotation_id) IN (${keysAt(places)})`}
        GROUP BY annotation_id)
    WHERE JSONExtractString(annotation, 'traceId') ${isOfKind} AND ${condition}`;
  return `(session_id IN (${scores('sessionId', { session: `place_id IN (${among})` }, "= ''")})
    OR session_id IN (SELECT session_id FROM traces FINAL WHERE ${IN_PROJECT} AND is_alive = 1
      AND trace_id IN (${scores('traceId', { trace: `place_id IN (${traces})` }, "!= ''")})))`;
}
