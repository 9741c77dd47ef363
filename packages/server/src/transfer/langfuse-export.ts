import type { Json } from '@powerrag/protocol';
import { isList, isObject } from '../ingest/json-fields.js';

/** Events of one batch. */
const EVENTS = 500;

/**
 * Batches that hold what Langfuse's API answers about traces: one trace, `{ "data": [ … ] }`, or a list, each trace with its
 * `observations` and `scores` as objects. Null when it is something else.
 */
export function batchesOf(value: Json): object[] | null {
  const traces = isObject(value) && isList(value.data) ? value.data : isList(value) ? value : [value];
  if (traces.length === 0 || !traces.every(isTrace)) return null;
  const events = traces.flatMap(eventsOf);
  const batches: object[] = [];
  for (let from = 0; from < events.length; from += EVENTS) batches.push({ batch: events.slice(from, from + EVENTS) });
  return batches;
}

type JsonObject = { readonly [key: string]: Json };

function isTrace(value: Json): value is JsonObject {
  return isObject(value) && typeof value.id === 'string' && typeof value.timestamp === 'string';
}

function eventsOf(trace: JsonObject): object[] {
  const { observations, scores, ...body } = trace;
  const { id = null, timestamp = null } = trace;
  const inTrace = (type: string, time: string, list: Json | undefined) =>
    (isList(list ?? null) ? (list as readonly Json[]) : []).filter(isObject).map((each) => ({
      ...{ id: each.id ?? null, type, timestamp: each[time] ?? timestamp },
      body: { ...each, traceId: each.traceId ?? id },
    }));
  return [
    { id, type: 'trace-create', timestamp, body },
    ...inTrace('observation-create', 'startTime', observations),
    ...inTrace('score-create', 'timestamp', scores),
  ];
}
