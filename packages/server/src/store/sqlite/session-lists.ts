import type { BoundedCount, SessionFilter, SessionNeighbours } from '@powerrag/protocol';
import type { SessionQuery } from '../contract.js';
import { readCursor, type SessionCursor, writeCursor } from '../cursor.js';
import { MAX_COUNT, type SessionOrder } from '../session-filter.js';
import { and, type Condition, type FindingCondition, type Prepare, rarest } from './conditions.js';
import { SORTS, sessionConditions } from './session-conditions.js';
import type { SessionRow } from './session-rows.js';

interface Page {
  readonly rows: readonly SessionRow[];
  readonly nextCursor: string | null;
}

/** Lists of sessions. What it reads is bounded by a page and the rarest condition, and never by all that match. */
export class SessionLists {
  readonly #prepare: Prepare;

  constructor(prepare: Prepare) {
    this.#prepare = prepare;
  }

  page(projectId: string, { limit, offset, ...query }: SessionQuery): Page {
    const order = { sort: query.sort ?? 'lastActivity', order: query.order ?? 'desc' } as const;
    const after = query.cursor === undefined ? null : readCursor(query.cursor, order);
    const conditions = this.conditions(projectId, query.filter);
    if (conditions === null) return { rows: [], nextCursor: null };
    const list = listSql(projectId, conditions, order, after);
    const rows = this.#prepare(`${list.sql} LIMIT ? OFFSET ?`).all(
      ...list.values,
      limit + 1,
      offset ?? 0,
    ) as SessionRow[];
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const hasMore = last !== undefined && rows.length > limit;
    return { rows: page, nextCursor: hasMore ? writeCursor(order, placeOf(last, order)) : null };
  }

  /** Counts up to `MAX_COUNT`. */
  count(projectId: string, filter: SessionFilter): BoundedCount {
    const count = this.#countUpTo(MAX_COUNT + 1, projectId, filter);
    return { count: Math.min(count, MAX_COUNT), isExact: count <= MAX_COUNT };
  }

  /** Counts them all, for clients that count pages. */
  countAll(projectId: string, filter: SessionFilter): number {
    return this.#countUpTo(-1, projectId, filter);
  }

  neighbours(
    projectId: string,
    sessionId: string,
    { filter, sort = 'lastActivity', order = 'desc' }: SessionOrder & { readonly filter?: SessionFilter },
  ): SessionNeighbours | null {
    const find = this.#prepare('SELECT * FROM sessions WHERE project_id = ? AND session_id = ?');
    const row = find.get(projectId, sessionId) as SessionRow | undefined;
    if (row === undefined) return null;
    const conditions = this.conditions(projectId, filter);
    if (conditions === null) return { previous: null, next: null };
    const beside = (direction: Required<SessionOrder>['order']) => {
      const list = listSql(projectId, conditions, { sort, order: direction }, placeOf(row, { sort }));
      const found = this.#prepare(`${list.sql} LIMIT 1`).get(...list.values) as SessionRow | undefined;
      return found?.session_id ?? null;
    };
    return { previous: beside(order === 'desc' ? 'asc' : 'desc'), next: beside(order) };
  }

  /**
   * The latest sessions that match, after a place in their order.
   *
   * @param keys only these; null for all.
   */
  latest(
    projectId: string,
    filter: SessionFilter | undefined,
    after: SessionCursor | null,
    keys: readonly number[] | null,
    limit: number,
  ): SessionRow[] {
    const conditions = this.conditions(projectId, filter);
    if (conditions === null) return [];
    if (keys !== null) conditions.push(amongKeys(keys));
    const { sql, values } = listSql(projectId, conditions, { sort: 'lastActivity', order: 'desc' }, after);
    return this.#prepare(`${sql} LIMIT ?`).all(...values, limit) as SessionRow[];
  }

  /** The keys of the latest sessions that match. */
  latestKeys(projectId: string, filter: SessionFilter, limit: number): number[] {
    const conditions = this.conditions(projectId, filter);
    if (conditions === null) return [];
    const { sql, values } = listSql(
      projectId,
      conditions,
      { sort: 'lastActivity', order: 'desc' },
      null,
      'session_key',
    );
    const rows = this.#prepare(`${sql} LIMIT ?`).all(...values, limit) as { session_key: number }[];
    return rows.map(({ session_key }) => session_key);
  }

  /** Null when no session matches. */
  conditions(projectId: string, filter: SessionFilter = {}): FindingCondition[] | null {
    return sessionConditions(projectId, filter, this.#prepare);
  }

  #countUpTo(limit: number, projectId: string, filter: SessionFilter): number {
    const conditions = this.conditions(projectId, filter);
    if (conditions === null) return 0;
    const { sql, values } = matchingSql(projectId, conditions, { sort: 'lastActivity', select: '1' });
    const counted = this.#prepare(`SELECT count(*) AS count FROM (${sql} LIMIT ?)`).get(...values, limit);
    return (counted as { count: number }).count;
  }
}

function amongKeys(keys: readonly number[]): FindingCondition {
  const values = [JSON.stringify(keys)];
  return {
    sql: 'session_key IN (SELECT value FROM json_each(?))',
    values,
    source: { sql: 'SELECT value AS session_key FROM json_each(?)', values },
    size: () => keys.length,
  };
}

/** Sessions that match and come after a place, in order. */
function listSql(
  projectId: string,
  conditions: readonly FindingCondition[],
  { sort, order }: Required<SessionOrder>,
  after: SessionCursor | null,
  select = 'sessions.*',
): Condition {
  const { column } = SORTS[sort];
  const comparison = order === 'desc' ? '<' : '>';
  const place = {
    sql: `(${column}, session_id) ${comparison} (?, ?)`,
    values: after === null ? [] : [after.value, after.id],
  };
  const { sql, values } = matchingSql(projectId, conditions, { sort, select }, after === null ? [] : [place]);
  const direction = order.toUpperCase();
  return { sql: `${sql} ORDER BY ${column} ${direction}, session_id ${direction}`, values };
}

/** @param further conditions that nothing starts from. */
function matchingSql(
  projectId: string,
  conditions: readonly FindingCondition[],
  { sort, select }: { readonly sort: Required<SessionOrder>['sort']; readonly select: string },
  further: readonly Condition[] = [],
): Condition {
  const start = rarest(conditions);
  const checked = [...conditions.filter((condition) => condition !== start), ...further];
  // A source may give sessions that do not meet its own condition in full.
  const own = start === null ? [] : [{ sql: start.sql, values: start.values }];
  const rest = [...own, ...checked];
  const from =
    start === null
      ? { sql: `sessions INDEXED BY ${SORTS[sort].index}`, values: [] }
      : {
          sql: `(${start.source.sql}) AS started CROSS JOIN sessions USING (session_key)`,
          values: start.source.values,
        };
  return {
    sql: `SELECT ${select} FROM ${from.sql} WHERE sessions.project_id = ?${and(rest)}`,
    values: [...from.values, projectId, ...rest.flatMap(({ values }) => values)],
  };
}

function placeOf(row: SessionRow, { sort }: Pick<Required<SessionOrder>, 'sort'>): SessionCursor {
  const values = {
    lastActivity: row.last_ms,
    start: row.start_ms,
    duration: row.duration_ms,
    cost: row.cost_nano,
    tokens: row.total_tokens,
    errors: row.error_count,
    turns: row.turn_count,
  };
  return { value: values[sort], id: row.session_id };
}
