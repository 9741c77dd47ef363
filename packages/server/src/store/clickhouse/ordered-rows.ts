import type { SortOrder } from '@powerrag/protocol';
import { type Conditions, IN_PROJECT } from './conditions.js';
import type { Connection } from './connection.js';

/** Where a row stands in an order: rows of one value stand by their ids. */
interface Place {
  readonly value: number;
  readonly id: string;
}

/** A way through the rows of a project in the order of a column. */
export interface Walk {
  readonly projectId: string;
  readonly table: 'sessions' | 'traces';
  /** The column of ids. */
  readonly id: string;
  /** One of those that the table is `orderedBy`. */
  readonly column: string;
  readonly order: SortOrder;
  /** Null to begin at the first. */
  readonly after: Place | null;
  /** Rows that are wanted. */
  readonly wanted: number;
}

/** The conditions of one step. */
export interface Within extends Conditions {
  /** Selects the ids of its candidates, which `sql` asks for as well; null where all rows are. */
  readonly among: string | null;
}

/** Candidates of the first step, for each row that is wanted; each later step takes as many times more. */
export const CANDIDATES = 4;
/** Rows of one read in order, which ends where the limit is: by default it would be all of most tables. */
const READ_AT_ONCE = 1_024;
/** Steps before everything is read: few rows match. */
export const STEPS = 4;

/**
 * Goes through the rows in the order of a column, some at a time, until there are as many as wanted. It costs by those that it goes
 * through: they are found by a projection, in which former versions of a row still stand where they stood, so that each is looked up.
 *
 * @param read gives those, `left` at most, that match and meet the conditions, in order. Of a table read with `FINAL`.
 */
export async function inSteps<Row>(
  connection: Connection,
  walk: Walk,
  read: (within: Within, left: number) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  let from = walk.after;
  let candidates = walk.wanted * CANDIDATES;
  for (let step = 1; rows.length < walk.wanted; step += 1) {
    const to = step === STEPS ? null : await placeAfter(connection, walk, { from, candidates });
    rows.push(...(await read(between(walk, from, to), walk.wanted - rows.length)));
    if (to === null) break;
    from = to;
    candidates *= CANDIDATES;
  }
  return rows;
}

/** The place of the last of so many candidates; null when there are fewer. */
async function placeAfter(
  connection: Connection,
  walk: Walk,
  { from, candidates }: { readonly from: Place | null; readonly candidates: number },
): Promise<Place | null> {
  const { projectId, table, id, column, order } = walk;
  const { sql, parameters } = bounds(walk, from, null);
  const [row] = await connection.query<Place>(
    // The reverse of the projection's order also has NaN first, which no column has: ClickHouse then reads no further than needed.
    `SELECT ${column} AS value, ${id} AS id FROM ${table} WHERE ${[IN_PROJECT, ...sql].join(' AND ')}
      ORDER BY ${column} ${order === 'desc' ? 'desc NULLS FIRST' : 'asc'}, ${id} ${order} LIMIT 1 OFFSET {candidates:UInt32}
      SETTINGS max_block_size = ${READ_AT_ONCE}`,
    { project: projectId, ...parameters, candidates },
  );
  return row ?? null;
}

/** After a place, up to another one with it, or to the end. */
function between(walk: Walk, from: Place | null, to: Place | null): Within {
  const { table, id } = walk;
  const { sql, parameters } = bounds(walk, from, to);
  // Without an end, all are candidates.
  if (to === null) return { sql, parameters, among: null };
  const among = `SELECT ${id} FROM ${table} WHERE ${[IN_PROJECT, ...sql].join(' AND ')}`;
  return { sql: [`${id} IN (${among})`, ...sql], parameters, among };
}

/** Not compared as tuples: of those ClickHouse does not see the range of the projection's key. */
function bounds({ id, column, order }: Walk, from: Place | null, to: Place | null): Conditions {
  const [after, before] = order === 'desc' ? ['<', '>'] : ['>', '<'];
  const bound: Conditions = { sql: [], parameters: {} };
  if (from !== null) {
    bound.sql.push(
      `${column} ${after}= {fromValue:Float64}`,
      `(${column} ${after} {fromValue:Float64} OR ${id} ${after} {fromId:String})`,
    );
    Object.assign(bound.parameters, { fromValue: from.value, fromId: from.id });
  }
  if (to !== null) {
    bound.sql.push(
      `${column} ${before}= {toValue:Float64}`,
      `(${column} ${before} {toValue:Float64} OR ${id} ${before}= {toId:String})`,
    );
    Object.assign(bound.parameters, { toValue: to.value, toId: to.id });
  }
  return bound;
}
