import type { StoredObservation, StoredTrace } from './contract.js';
import type { TraceDigest } from './digests.js';
import { digestOfSession } from './digests-in-memory.js';
import { type FindableText, namesOf, type TextKind, textsOfTrace } from './findable-texts.js';
import { byStart, compareText } from './order.js';
import type { SessionFacts } from './session-filter.js';
import { spendOfTrace } from './spend.js';
import { shownTotals, sumTotals, type Totals, totalsOf } from './totals.js';
import type { MergedTraceAttributes } from './trace-attributes.js';

/** A trace as it is shown, with what its session is computed from. */
export interface TraceSummary {
  readonly shown: StoredTrace;
  readonly totals: Totals;
  readonly texts: readonly FindableText[];
  /** Absent in a store without digests. */
  readonly digest?: TraceDigest;
}

/** A trace from all its observations, of which there is at least one, and what they say of it together. */
export function summariseTrace(
  id: string,
  observations: readonly StoredObservation[],
  merged: MergedTraceAttributes,
  revision: number,
): TraceSummary {
  const inOrder = observations.toSorted(byStart);
  const root = inOrder.find(({ parentId }) => parentId === null);
  const attributes = merged.toAttributes();
  const totals = { ...sumTotals(inOrder.map(totalsOf)), ...spendOfTrace(inOrder).total };
  const shown: StoredTrace = {
    ...attributes,
    id,
    name: attributes.name ?? (root ?? inOrder[0])?.name ?? '',
    nameFrom: attributes.name !== undefined ? 'attribute' : root !== undefined ? 'root' : 'first',
    revision,
    startMs: least(inOrder.map(({ startMs }) => startMs)),
    endMs: greatest(inOrder.map(({ startMs, endMs }) => Math.max(startMs, endMs ?? startMs))),
    ...shownTotals(totals),
  };
  const models = namesOf(inOrder.map(({ model }) => model));
  const services = namesOf(inOrder.map(({ service }) => service));
  return { shown, totals, texts: textsOfTrace(shown, models, services) };
}

/**
 * The start and the last activity of a session, as it is listed: never later than when something of it was last stored, `seenMs`. The
 * clock of a sender may be wrong by hours; its session must not stand before all others until then. Traces keep their times.
 */
export function timesOfSession(startMs: number, lastMs: number, seenMs: number) {
  const lastActivityMs = Math.min(lastMs, seenMs);
  return { startMs: Math.min(startMs, lastActivityMs), lastActivityMs };
}

/**
 * A session from all its traces, of which there is at least one.
 *
 * @param seenMs when something of it was last stored, Unix milliseconds.
 */
export function summariseSession(
  id: string,
  traces: readonly TraceSummary[],
  revision: number,
  seenMs: number,
): Omit<SessionFacts, 'scores'> {
  const shown = traces.map((trace) => trace.shown);
  const totals = sumTotals(traces.map((trace) => trace.totals));
  const texts = new Map<TextKind, Set<string>>();
  for (const { kind, value } of traces.flatMap((trace) => trace.texts)) {
    const ofKind = texts.get(kind) ?? new Set();
    texts.set(kind, ofKind.add(value));
  }
  const sorted = (kind: TextKind) => [...(texts.get(kind) ?? [])].sort(compareText);
  const latestFirst = shown.toSorted((a, b) => b.endMs - a.endMs || compareText(b.id, a.id));
  const session = {
    id,
    ...digestOfSession(traces),
    userIds: [...new Set(latestFirst.flatMap(({ userId }) => userId || []))],
    environment: latestFirst.flatMap(({ environment }) => environment || [])[0] ?? null,
    tags: sorted('tag'),
    models: sorted('model'),
    services: sorted('service'),
    traceCount: traces.length,
    ...shownTotals(totals),
    ...timesOfSession(least(shown.map(({ startMs }) => startMs)), greatest(shown.map(({ endMs }) => endMs)), seenMs),
    revision,
  };
  return { session, costNano: totals.costNano, hasCost: totals.costCount > 0, texts };
}

/** `Math.min(...values)` takes no more than about 100,000 values. */
function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

function greatest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
}
