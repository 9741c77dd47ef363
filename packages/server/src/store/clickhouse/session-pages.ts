import type { SessionSort } from '@powerrag/protocol';
import type { SessionCursor } from '../cursor.js';
import type { SessionOrder } from '../session-filter.js';
import { type Conditions, IN_PROJECT } from './conditions.js';
import type { Connection, Row } from './connection.js';
import { CANDIDATES, inSteps, STEPS } from './ordered-rows.js';

/** The column of each order and of each range of a filter. */
export const COLUMNS = {
  lastActivity: 'last_ms',
  start: 'start_ms',
  duration: 'duration_ms',
  cost: 'cost_nano',
  tokens: 'tokens',
  errors: 'errors',
  turns: 'turns',
} as const satisfies Record<SessionSort | 'turns', string>;

export interface PageRow {
  readonly shown: string;
  readonly value: number;
}

export interface PageQuery extends Required<SessionOrder> {
  readonly after: SessionCursor | null;
  readonly limit: number;
  readonly offset: number;
}

const MINUTE_MS = 60_000;
/** Rows that are read at once for a count that ends early. */
const COUNTED_AT_ONCE = 1_024;
/** Above and below every minute. */
const ALWAYS = Number.MAX_SAFE_INTEGER;

/** The row by which a session is found by its last activity; it goes before the session's. Null for a session without traces. */
export function activityRow(session: Row): Row | null {
  const { project_id, session_id, is_alive, last_ms } = session;
  if (is_alive !== 1 || typeof last_ms !== 'number') return null;
  return { project_id, session_id, minute: Math.floor(last_ms / MINUTE_MS), version: 0 };
}

/** Conditions on sessions. */
export interface SessionConditions extends Conditions {
  /** Those of `sql` that the index of texts answers; what few sessions have is found by them. Default: none. */
  readonly ofTexts?: readonly string[];
  /** Those of `sql` on one column by which sessions are ordered; what few sessions have is found by them. Default: none. */
  readonly ofNumbers?: readonly string[];
  /** `sql` in other words, which do not read the scores of more sessions than a query selects. Default: `sql` reads none. */
  readonly ofScores?: (among: string) => readonly string[];
  /** Of `sql`, the latest and the earliest last activity, Unix milliseconds. Default: any. */
  readonly active?: { readonly from?: number; readonly to?: number };
}

/** Sessions that are found by an index, at most; where more have what is asked for, a page is soon full. */
const FEW = 1_000;
/** The same by a number: an entry of its projection is smaller. */
const FEW_BY_NUMBER = 4_000;

/** Sessions that match, in an order, after a place in it. It costs by the page, or where few match by the sessions of the project. */
export async function pageOf(
  connection: Connection,
  matching: SessionConditions,
  query: PageQuery,
): Promise<PageRow[]> {
  if (query.offset > 0) return readPage(connection, matching, query);
  const few = await narrowedToFew(connection, matching);
  if (few !== null) return readPage(connection, few, query);
  return query.sort === 'lastActivity'
    ? pageByActivity(connection, matching, query)
    : pageByNumber(connection, matching, query);
}

/** The conditions so that an index answers them; null where many sessions have what an index knows. */
export async function narrowedToFew(
  connection: Connection,
  matching: SessionConditions,
): Promise<SessionConditions | null> {
  const { sql, ofTexts = [], ofNumbers = [], parameters } = matching;
  if (ofTexts.length > 0) {
    const having = { sql: [IN_PROJECT, 'is_alive = 1', ...ofTexts], parameters };
    if ((await countUpTo(connection, having, FEW + 1)) <= FEW) return matching;
  }
  for (const condition of ofNumbers) {
    // Without FINAL: former versions count as well, and the projection is read.
    const found = `SELECT session_id FROM sessions WHERE ${IN_PROJECT} AND ${condition}`;
    const [row] = await connection.query<{ total: string | number }>(
      `SELECT count() AS total FROM (${found} LIMIT ${FEW_BY_NUMBER + 1}) SETTINGS max_block_size = ${COUNTED_AT_ONCE}`,
      parameters,
    );
    if (Number(row?.total ?? 0) <= FEW_BY_NUMBER) return { ...matching, sql: [...sql, `session_id IN (${found})`] };
  }
  return null;
}

function pageByNumber(connection: Connection, matching: SessionConditions, query: PageQuery): Promise<PageRow[]> {
  const { sort, order, after, limit } = query;
  const walk = {
    ...({ table: 'sessions', id: 'session_id', column: COLUMNS[sort], order, after, wanted: limit } as const),
    projectId: String(matching.parameters.project),
  };
  return inSteps(connection, walk, (within, left) => {
    const sql = [...conditionsAmong(matching, within.among), ...within.sql];
    const parameters = { ...matching.parameters, ...within.parameters };
    return readPage(connection, { sql, parameters }, { ...query, limit: left });
  });
}

/** @param among selects the ids of the sessions that are asked about; null for all. */
function conditionsAmong({ sql, ofScores }: SessionConditions, among: string | null): readonly string[] {
  return among === null || ofScores === undefined ? sql : ofScores(among);
}

/** How many sessions match, counted no further than `most`. */
export async function countUpTo(
  connection: Connection,
  { sql, parameters }: Conditions,
  most: number,
): Promise<number> {
  const [row] = await connection.query<{ total: string | number }>(
    `SELECT count() AS total FROM (SELECT 1 FROM sessions FINAL WHERE ${sql.join(' AND ')} LIMIT ${most})
      SETTINGS max_block_size = ${COUNTED_AT_ONCE}`,
    parameters,
  );
  return Number(row?.total ?? 0);
}

/**
 * The conditions narrowed to the latest sessions, so many that match and those of the minutes in which these were last active. It
 * costs by their number, where many sessions match.
 */
export async function narrowedToLatest(
  connection: Connection,
  matching: SessionConditions,
  most: number,
): Promise<SessionConditions> {
  const few = await narrowedToFew(connection, matching);
  if (few !== null) return few;
  const query = { sort: 'lastActivity', order: 'desc', after: null, limit: most, offset: 0 } as const;
  const rows = await pageByActivity(connection, matching, query, "''");
  const last = rows.length < most ? null : Math.floor((rows.at(-1)?.value ?? 0) / MINUTE_MS);
  return inMinutes(matching, { first: ALWAYS, last, order: 'desc' });
}

/**
 * Goes through the minutes in which any session was active, and reads the sessions of some of them at a time. A session is in the
 * minutes of its earlier activity, too; there it is passed over.
 */
async function pageByActivity(
  connection: Connection,
  matching: SessionConditions,
  query: PageQuery,
  shown = 'shown',
): Promise<PageRow[]> {
  const { order, after, limit } = query;
  const { from = -ALWAYS, to = ALWAYS } = matching.active ?? {};
  const rows: PageRow[] = [];
  const way = order === 'desc' ? -1 : 1;
  const firstMs = order === 'desc' ? Math.min(to, after?.value ?? ALWAYS) : Math.max(from, after?.value ?? -ALWAYS);
  let first = Math.abs(firstMs) >= ALWAYS ? Math.sign(firstMs) * ALWAYS : Math.floor(firstMs / MINUTE_MS);
  let candidates = limit * CANDIDATES;
  for (let step = 1; rows.length < limit; step += 1) {
    const last = step === STEPS ? null : await minuteAfter(connection, matching, { first, order, candidates });
    const within = inMinutes(matching, { first, last, order });
    rows.push(...(await readPage(connection, within, { ...query, limit: limit - rows.length }, shown)));
    if (last === null) break;
    first = last + way;
    candidates *= CANDIDATES;
  }
  return rows;
}

/** The minute of the last of so many candidates from a minute on; null when there are fewer. */
async function minuteAfter(
  connection: Connection,
  { parameters }: Conditions,
  { first, order, candidates }: Pick<PageQuery, 'order'> & { readonly first: number; readonly candidates: number },
): Promise<number | null> {
  const [row] = await connection.query<{ minute: string | number }>(
    `SELECT minute FROM session_activity WHERE ${IN_PROJECT} AND minute ${order === 'desc' ? '<=' : '>='} {first:Int64}
      ORDER BY minute ${order} LIMIT 1 OFFSET {candidates:UInt32}`,
    { project: parameters.project ?? '', first, candidates },
  );
  return row === undefined ? null : Number(row.minute);
}

/** Those whose last activity is in the minutes from the first to the last one; null for all that come after the first. */
function inMinutes(
  matching: SessionConditions,
  { first, last, order }: Pick<PageQuery, 'order'> & { readonly first: number; readonly last: number | null },
): Conditions {
  const [early, late] = order === 'desc' ? [last, first] : [first, last];
  const range = {
    early: early ?? -ALWAYS,
    late: late ?? ALWAYS,
  };
  // Without an end, all are candidates.
  const among =
    last === null
      ? null
      : `SELECT session_id FROM session_activity WHERE ${IN_PROJECT} AND minute BETWEEN {early:Int64} AND {late:Int64}`;
  return {
    sql: [
      ...conditionsAmong(matching, among),
      ...(among === null ? [] : [`session_id IN (${among})`]),
      `last_ms >= {early:Int64} * ${MINUTE_MS}.0 AND last_ms < ({late:Int64} + 1.0) * ${MINUTE_MS}.0`,
    ],
    parameters: { ...matching.parameters, ...range },
  };
}

/**
 * Reads all sessions that may match.
 *
 * @param shown what is read of each.
 */
export function readPage(
  connection: Connection,
  { sql, parameters }: Conditions,
  query: PageQuery,
  shown = 'shown',
): Promise<PageRow[]> {
  const { sort, order, after, limit, offset } = query;
  const column = COLUMNS[sort];
  const place = `(${column}, session_id) ${order === 'desc' ? '<' : '>'} ({value:Float64}, {id:String})`;
  return connection.query<PageRow>(
    `SELECT ${shown} AS shown, ${column} AS value FROM sessions FINAL
      WHERE ${[...sql, ...(after === null ? [] : [place])].join(' AND ')}
      ORDER BY ${column} ${order}, session_id ${order} LIMIT {limit:UInt32} OFFSET {offset:UInt32}`,
    { ...parameters, ...after, limit, offset },
  );
}
