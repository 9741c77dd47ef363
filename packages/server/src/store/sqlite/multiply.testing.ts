import type { Database } from './driver.js';

/** What a copy has in place of a column: `k` is its number, and `OFFSET` how far its keys are from those of the copy before. */
type Columns = Readonly<Record<string, string>>;

const SESSION_KEY = 'session_key + k * OFFSET';
const TRACE_KEY = 'trace_key + k * OFFSET';
const TRACE_ID = "printf('%08x', k) || substr(trace_id, 9)";

/** The tables that lists are read from, without the search index. */
const COPIED: readonly (readonly [table: string, columns: Columns])[] = [
  [
    'sessions',
    {
      session_key: SESSION_KEY,
      session_id: "session_id || '-' || k",
      last_ms: 'last_ms + k',
      start_ms: 'start_ms + k',
    },
  ],
  ['session_texts', { session_key: SESSION_KEY }],
  ['session_digests', { session_key: SESSION_KEY }],
  [
    'traces',
    {
      trace_key: TRACE_KEY,
      session_key: SESSION_KEY,
      trace_id: TRACE_ID,
      start_ms: 'start_ms + k',
      end_ms: 'end_ms + k',
    },
  ],
  ['trace_texts', { trace_key: TRACE_KEY }],
  ['trace_digests', { trace_key: TRACE_KEY, session_key: SESSION_KEY, trace_id: TRACE_ID, search_key: 'NULL' }],
  ['observations', { trace_key: TRACE_KEY }],
  ['annotations', { session_key: SESSION_KEY, trace_id: TRACE_ID, annotation_id: "annotation_id || '-' || k" }],
];

/** Fills a database, quickly, with copies of what is in it, each with keys, ids and times of its own. */
export function multiply(database: Database, times: number): void {
  const { key } = database
    .prepare(
      `SELECT max((SELECT coalesce(max(session_key), 0) FROM sessions), (SELECT coalesce(max(trace_key), 0) FROM traces)) AS key`,
    )
    .get() as { key: number };
  const numbers = `WITH RECURSIVE copies(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM copies WHERE k < ${times - 1})`;
  const statements = COPIED.map(([table, columns]) => {
    const rows = database.prepare(`SELECT name FROM pragma_table_info('${table}')`).all() as { name: string }[];
    const names = rows.map(({ name }) => name);
    const values = names.map((name) => (columns[name] ?? name).replace('OFFSET', String(key)));
    return `${numbers} INSERT INTO ${table} (${names.join(', ')}) SELECT ${values.join(', ')} FROM copies CROSS JOIN ${table};`;
  });
  database.exec(`BEGIN;
    ${statements.join('\n')}
    UPDATE texts SET trace_count = trace_count * ${times}, session_count = session_count * ${times};
    COMMIT`);
}
