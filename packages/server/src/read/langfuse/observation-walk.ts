import { badRequest } from '../../base/http-errors.js';
import type { SessionReader, StoredObservation, StoredTrace } from '../../store/contract.js';
import { compareText } from '../../store/order.js';
import type { TraceCondition } from '../../store/trace-conditions.js';
import type { Candidate } from './observation-columns.js';
import type { ObservationFilter } from './observation-filter.js';

/** Where an observation stands in the list: latest start first, then by the ids of trace and observation, the greatest first. */
export interface Position {
  readonly startMs: number;
  readonly traceId: string;
  readonly id: string;
}

/** Traces that are asked for at once. */
const AT_ONCE = 100;

/** A trace whose observations are being listed: those that are left, the next one last. */
interface OpenTrace {
  readonly trace: StoredTrace;
  readonly left: StoredObservation[];
}

/**
 * The observations that may match, latest start first, however many traces ran at the same time. It reads traces by their ends, and
 * of each all observations once nothing of a later one can come before them: an observation starts no later than its trace ends.
 *
 * @param after the last observation of the page before; null for the first page.
 */
export async function* walkObservations(
  reader: SessionReader,
  projectId: string,
  filter: ObservationFilter,
  after: Position | null,
): AsyncGenerator<Candidate> {
  const traces = tracesOf(reader, projectId, filter, after);
  const open: OpenTrace[] = [];
  const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = filter;
  let next = await traces.next();
  for (;;) {
    const first = latestOf(open);
    if (!next.done && (first === null || positionOf(first).startMs <= next.value.endMs)) {
      const trace = next.value;
      const all = await reader.listObservations(projectId, { traceId: trace.id });
      const left = all
        .filter((each) => each.startMs >= fromMs && each.startMs < toMs)
        .filter((each) => after === null || compare(each, after) < 0)
        .sort(compare);
      if (left.length > 0) open.push({ trace, left });
      next = await traces.next();
      continue;
    }
    const observation = first?.left.pop();
    if (first === null || observation === undefined) return;
    if (first.left.length === 0) open.splice(open.indexOf(first), 1);
    const readBody = async () => (await reader.readBodies(projectId, [observation]))[0] ?? null;
    yield { observation, trace: first.trace, readBody };
  }
}

/** The traces that may have some of it, the latest end first. */
async function* tracesOf(
  reader: SessionReader,
  projectId: string,
  { traces, traceIds, fromMs, toMs }: ObservationFilter,
  after: Position | null,
): AsyncGenerator<StoredTrace> {
  if (traceIds !== undefined) {
    const found = await Promise.all([...new Set(traceIds)].map((id) => reader.getTrace(projectId, id)));
    yield* found.filter((trace) => trace !== null).sort((a, b) => b.endMs - a.endMs);
    return;
  }
  const where: TraceCondition[] = [...traces.where];
  if (fromMs !== undefined) where.push({ kind: 'number', number: 'endMs', operator: '>=', value: fromMs });
  if (toMs !== undefined) where.push({ kind: 'number', number: 'startMs', operator: '<', value: toMs });
  if (after !== null) where.push({ kind: 'number', number: 'startMs', operator: '<=', value: after.startMs });
  const query = { ...traces, where, sort: 'end', order: 'desc', limit: AT_ONCE, isCounted: false } as const;
  for (let offset = 0; ; offset += AT_ONCE) {
    const page = await reader.listTraces(projectId, { ...query, offset });
    yield* page.traces;
    if (page.traces.length < AT_ONCE) return;
  }
}

function latestOf(open: readonly OpenTrace[]): OpenTrace | null {
  let latest: OpenTrace | null = null;
  for (const each of open) if (latest === null || compare(positionOf(each), positionOf(latest)) > 0) latest = each;
  return latest;
}

function positionOf({ left }: OpenTrace): Position {
  const next = left.at(-1);
  if (next === undefined) throw new Error('a trace of which nothing is left is not open');
  return next;
}

function compare(a: Position, b: Position): number {
  return a.startMs - b.startMs || compareText(a.traceId, b.traceId) || compareText(a.id, b.id);
}

export function writeObservationCursor({ startMs, traceId, id }: Position): string {
  return Buffer.from(JSON.stringify([startMs, traceId, id])).toString('base64url');
}

/** Throws a 400 for what is not a cursor. */
export function readObservationCursor(text: string): Position {
  try {
    const read: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (Array.isArray(read)) {
      const [startMs, traceId, id] = read as unknown[];
      if (typeof startMs === 'number' && typeof traceId === 'string' && typeof id === 'string') {
        return { startMs, traceId, id };
      }
    }
  } catch {
    // Not JSON: refused below, like JSON of another shape.
  }
  throw badRequest('cursor is not one that this server gave; leave it out to start from the first page.');
}
