import type { SessionQuery, TraceQuery } from '../contract.js';
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

/** The conditions of a list of sessions, without the cursor. */
export function sessionConditions(query: SessionQuery): Condition[] {
  const conditions = timeConditions(query);
  const { environments, userId, conversationId } = query;
  if (environments !== undefined && environments.length > 0) {
    conditions.push(hasValue('environment', environments));
  }
  if (userId !== undefined) conditions.push(hasValue('user', [userId]));
  for (const tag of query.tags ?? []) conditions.push(hasValue('tag', [tag]));
  if (conversationId !== undefined) {
    const sql = `session_key IN (SELECT traces.session_key FROM conversations JOIN traces USING (trace_key)
      WHERE conversations.project_id = sessions.project_id AND conversation_id = ?)`;
    conditions.push({ sql, values: [conversationId] });
  }
  return conditions;
}

/** One of the session's traces has one of the values. */
function hasValue(kind: 'user' | 'environment' | 'tag', values: readonly string[]): Condition {
  return {
    sql: `EXISTS (SELECT 1 FROM session_values AS seen WHERE seen.session_key = sessions.session_key
      AND seen.kind = '${kind}' AND seen.value IN (${placeholders(values)}))`,
    values,
  };
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
