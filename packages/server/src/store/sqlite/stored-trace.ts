import type { Json } from '@powerrag/protocol';
import type { StoredTrace } from '../contract.js';
import { compareText } from '../order.js';
import { shownTotals } from '../totals.js';
import type { Contents } from './contents.js';
import { readTotals } from './totals-columns.js';
import type { TraceAttributesJson, TraceRow } from './trace-rows.js';

/** A trace's row as it is read. */
export function toTrace(row: TraceRow, contents: Contents): StoredTrace {
  const stored = JSON.parse(row.said) as TraceAttributesJson;
  const fields: Record<string, Json> = {};
  for (const [field, { value }] of Object.entries(stored.fields)) if (value !== null) fields[field] = value;
  // For these the stored fields alone do not tell the current value.
  for (const field of ['release', 'version', 'environment'] as const) {
    const value = row[field];
    if (value === null) delete fields[field];
    else fields[field] = value;
  }
  const conversationIds = (stored.sessionIds ?? [])
    .filter((id) => id !== stored.fields.sessionId?.value)
    .sort(compareText);
  const metadata = stored.metadata
    .map(([key, { value }]): [string, Json] => [key, value])
    .sort(([a], [b]) => compareText(a, b));
  return {
    ...fields,
    ...(conversationIds.length > 0 ? { conversationIds } : {}),
    ...(stored.tags.length > 0 ? { tags: stored.tags } : {}),
    ...(metadata.length > 0 ? { metadata: Object.fromEntries(metadata) } : {}),
    ...(row.input === null ? {} : { input: contents.read(row.input) }),
    ...(row.output === null ? {} : { output: contents.read(row.output) }),
    id: row.trace_id,
    name: row.name,
    nameFrom: stored.fields.name !== undefined ? 'attribute' : row.root_id !== null ? 'root' : 'first',
    revision: row.revision,
    startMs: row.start_ms,
    endMs: row.end_ms,
    ...shownTotals(readTotals(row)),
  };
}
