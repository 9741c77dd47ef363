import type { TraceQuery } from '../contract.js';
import { placeholders, type SqlValue } from './driver.js';

/** A condition of a query with its bound values. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** The conditions of a list of traces, without that on its session. */
export function traceConditions(query: TraceQuery): Condition[] {
  const conditions: Condition[] = [];
  const columns = { user_id: query.userId, name: query.name, version: query.version, release: query.release };
  for (const [column, value] of Object.entries(columns)) {
    if (value !== undefined) conditions.push({ sql: `${column} = ?`, values: [value] });
  }
  for (const tag of query.tags ?? []) {
    conditions.push({ sql: 'EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)', values: [tag] });
  }
  if (query.environments !== undefined && query.environments.length > 0) {
    conditions.push({ sql: `environment IN (${placeholders(query.environments)})`, values: query.environments });
  }
  if (query.afterRevision !== undefined) conditions.push({ sql: 'revision > ?', values: [query.afterRevision] });
  return [...conditions, ...timeConditions(query)];
}

function timeConditions({ fromMs, toMs }: { readonly fromMs?: number; readonly toMs?: number }): Condition[] {
  const conditions: Condition[] = [];
  if (fromMs !== undefined) conditions.push({ sql: 'start_ms >= ?', values: [fromMs] });
  if (toMs !== undefined) conditions.push({ sql: 'start_ms < ?', values: [toMs] });
  return conditions;
}

/** What follows the condition on the project. */
export function and(conditions: readonly Condition[]): string {
  return conditions.map(({ sql }) => ` AND ${sql}`).join('');
}
