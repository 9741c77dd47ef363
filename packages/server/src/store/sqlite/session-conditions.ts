import { readNumber, type ScoreCondition, type SessionFilter, type SessionSort } from '@powerrag/protocol';
import { type FindableText, inUtf8 } from '../findable-texts.js';
import { rangesOf, type StoredRange, textsOfFilter } from '../session-filter.js';
import { boundedCount, type Condition, type FindingCondition, type Prepare } from './conditions.js';
import { placeholders, type SqlValue } from './driver.js';
import { KINDS } from './text-rows.js';

/** What sessions are ordered by, with the index that has it. */
export const SORTS: Readonly<Record<SessionSort, { readonly column: string; readonly index: string }>> = {
  lastActivity: { column: 'last_ms', index: 'sessions_by_activity' },
  start: { column: 'start_ms', index: 'sessions_by_start' },
  duration: { column: 'duration_ms', index: 'sessions_by_duration' },
  cost: { column: 'cost_nano', index: 'sessions_by_cost' },
  tokens: { column: 'total_tokens', index: 'sessions_by_tokens' },
  errors: { column: 'error_count', index: 'sessions_by_errors' },
  turns: { column: 'turn_count', index: 'sessions_by_turns' },
};

/** The conditions of a filter; null when no session can meet them. */
export function sessionConditions(
  projectId: string,
  filter: SessionFilter,
  prepare: Prepare,
): FindingCondition[] | null {
  const conditions: FindingCondition[] = [];
  for (const needed of textsOfFilter(filter)) {
    const condition = textCondition(projectId, needed, prepare);
    if (condition === null) return null;
    conditions.push(condition);
  }
  for (const [sort, range] of rangesOf(filter)) conditions.push(rangeCondition(projectId, sort, range, prepare));
  for (const score of filter.score ?? []) conditions.push(scoreCondition(projectId, score, prepare));
  return conditions;
}

function textCondition(projectId: string, needed: readonly FindableText[], prepare: Prepare): FindingCondition | null {
  const kind = KINDS[needed[0]?.kind ?? 'tag'];
  const find = prepare(
    'SELECT text_key, session_count FROM texts WHERE project_id = ? AND kind = ? AND value = ? AND session_count > 0',
  );
  const values = new Set(needed.map(({ value }) => inUtf8(value)));
  const rows = [...values].flatMap((value) => find.get(projectId, kind, value) ?? []) as {
    text_key: number;
    session_count: number;
  }[];
  if (rows.length === 0) return null;
  const keys = rows.map(({ text_key }) => text_key);
  const among = `text_key IN (${placeholders(keys)})`;
  return {
    sql: `EXISTS (SELECT 1 FROM session_texts AS seen
      WHERE seen.session_key = sessions.session_key AND seen.kind = ${kind} AND seen.${among})`,
    values: keys,
    source: {
      sql: `SELECT ${keys.length > 1 ? 'DISTINCT ' : ''}session_key FROM session_texts INDEXED BY sessions_by_text WHERE ${among}`,
      values: keys,
    },
    size: () => rows.reduce((sum, { session_count }) => sum + session_count, 0),
  };
}

function rangeCondition(
  projectId: string,
  sort: SessionSort,
  { min, max, below }: StoredRange,
  prepare: Prepare,
): FindingCondition {
  const { column, index } = SORTS[sort];
  const bounds = [
    ...(min === undefined ? [] : [{ sql: `${column} >= ?`, value: min }]),
    ...(max === undefined ? [] : [{ sql: `${column} <= ?`, value: max }]),
    ...(below === undefined ? [] : [{ sql: `${column} < ?`, value: below }]),
  ];
  const within = bounds.map(({ sql }) => sql).join(' AND ');
  const values = bounds.map(({ value }) => value);
  const source = {
    sql: `SELECT session_key FROM sessions INDEXED BY ${index} WHERE project_id = ? AND ${within}`,
    values: [projectId, ...values],
  };
  // A session without a cost is ordered among those that cost nothing, and costs neither more nor less than anything.
  const sql = sort === 'cost' ? `(${within} AND cost_count > 0)` : `(${within})`;
  return { sql, values, source, size: (limit) => boundedCount(source, limit, prepare) };
}

function scoreCondition(projectId: string, score: ScoreCondition, prepare: Prepare): FindingCondition {
  const { sql, values } = ofScore(score);
  const source = {
    sql: `SELECT DISTINCT session_key FROM annotations INDEXED BY annotations_by_value
      WHERE project_id = ? AND kind = 'score' AND session_key IS NOT NULL AND ${sql}`,
    values: [projectId, ...values],
  };
  return {
    sql: `EXISTS (SELECT 1 FROM annotations INDEXED BY annotations_by_session
      WHERE annotations.session_key = sessions.session_key AND kind = 'score' AND ${sql})`,
    values,
    source,
    size: (limit) => boundedCount(source, limit, prepare),
  };
}

function ofScore({ name, value, min, max }: ScoreCondition): Condition {
  const parts: { sql: string; values: readonly SqlValue[] }[] = [
    { sql: 'annotations.name = ?', values: [inUtf8(name)] },
  ];
  if (min !== undefined) parts.push({ sql: 'value >= ?', values: [min] });
  if (max !== undefined) parts.push({ sql: 'value <= ?', values: [max] });
  if (value !== undefined) {
    const number = readNumber(value);
    parts.push(
      number === null
        ? { sql: 'string_value = ?', values: [inUtf8(value)] }
        : { sql: '(string_value = ? OR value = ?)', values: [value, number] },
    );
  }
  return { sql: parts.map(({ sql }) => sql).join(' AND '), values: parts.flatMap(({ values }) => values) };
}
