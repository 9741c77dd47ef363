import type { StoredObservation, StoredSession, StoredTrace } from './contract.js';
import { byStart, compareText } from './order.js';
import { spendOfTrace } from './spend.js';
import { shownTotals, sumTotals, type Totals, totalsOf } from './totals.js';
import type { MergedTraceAttributes } from './trace-attributes.js';

/** A trace as it is shown, with the totals from which those of its session are added up. */
export interface TraceSummary {
  readonly shown: StoredTrace;
  readonly totals: Totals;
}

/** A session as it is shown, with what it is found by and does not show. */
export interface SessionSummaryOf {
  readonly shown: StoredSession;
  /** The environments of its traces; the session shows the latest. */
  readonly environments: ReadonlySet<string>;
  readonly conversationIds: ReadonlySet<string>;
}

/** A trace from all its observations, of which there is at least one, and what they say of it together. */
export function summariseTrace(
  id: string,
  observations: readonly StoredObservation[],
  merged: MergedTraceAttributes,
): TraceSummary {
  const inOrder = observations.toSorted(byStart);
  const root = inOrder.find(({ parentId }) => parentId === null);
  const attributes = merged.toAttributes();
  const totals = { ...sumTotals(inOrder.map(totalsOf)), ...spendOfTrace(inOrder).total };
  return {
    shown: {
      ...attributes,
      id,
      name: attributes.name ?? (root ?? inOrder[0])?.name ?? '',
      startMs: least(inOrder.map(({ startMs }) => startMs)),
      endMs: greatest(inOrder.map(({ startMs, endMs }) => Math.max(startMs, endMs ?? startMs))),
      ...shownTotals(totals),
    },
    totals,
  };
}

/** A session from all its traces, of which there is at least one. */
export function summariseSession(id: string, traces: readonly TraceSummary[]): SessionSummaryOf {
  const shown = traces.map((trace) => trace.shown);
  const latestFirst = shown.toSorted((a, b) => b.endMs - a.endMs || compareText(b.id, a.id));
  const userIds = new Set(latestFirst.flatMap(({ userId }) => userId ?? []));
  const environments = new Set(latestFirst.flatMap(({ environment }) => environment ?? []));
  const tags = new Set(shown.flatMap((trace) => trace.tags ?? []));
  return {
    shown: {
      id,
      userIds: [...userIds],
      environment: [...environments][0] ?? null,
      tags: [...tags].sort(compareText),
      traceCount: traces.length,
      ...shownTotals(sumTotals(traces.map((trace) => trace.totals))),
      startMs: least(shown.map(({ startMs }) => startMs)),
      lastActivityMs: greatest(shown.map(({ endMs }) => endMs)),
    },
    environments,
    conversationIds: new Set(shown.flatMap((trace) => trace.conversationIds ?? [])),
  };
}

/** `Math.min(...values)` takes no more than about 100,000 values. */
function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

function greatest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
}
