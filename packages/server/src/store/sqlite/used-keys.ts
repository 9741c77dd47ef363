import type { Database } from './driver.js';

/**
 * The first key of a table that no row has or has had: a row that is deleted leaves its key in `used_keys`, so that what still
 * names it never means another.
 */
export function nextKeyOf(database: Database, table: 'sessions' | 'traces' | 'texts' | 'contents'): number {
  const column = { sessions: 'session_key', traces: 'trace_key', texts: 'text_key', contents: 'content_key' }[table];
  const row = database
    .prepare(
      `SELECT max(coalesce((SELECT max(${column}) FROM ${table}), 0),
        coalesce((SELECT key FROM used_keys WHERE name = ?), 0)) AS key`,
    )
    .get(table) as { key: number };
  return row.key + 1;
}
