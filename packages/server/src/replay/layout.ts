import type { ReplayGap, ReplayLane, ReplayTrace } from '@powerrag/protocol';
import { toGaps } from './gaps.js';
import { type LaneSpan, toLanes } from './lanes.js';
import { joined, type TraceView } from './trace-view.js';
import type { Offset } from './turns.js';

/** Where the traces of a session are: in time, and in lanes. */
export interface Layout {
  /** Unix milliseconds of offset 0. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly offset: Offset;
  readonly lanes: readonly ReplayLane[];
  /** By trace id. */
  readonly lanesOf: ReadonlyMap<string, ReplayTrace['lanes']>;
  readonly gaps: readonly ReplayGap[];
}

/** @param otherwiseMs the start of a session without observations. */
export function layoutOf(inAnyOrder: readonly TraceView[], otherwiseMs: number): Layout {
  const views = [...inAnyOrder].sort(({ trace: a }, { trace: b }) => a.startMs - b.startMs || (a.id < b.id ? -1 : 1));
  const first = views.reduce((least, { firstMs }) => Math.min(least, firstMs), Number.POSITIVE_INFINITY);
  const startedAtMs = Number.isFinite(first) ? first : otherwiseMs;
  const offset: Offset = (unixMs) => Math.round((unixMs - startedAtMs) * 1_000) / 1_000;
  const { lanes, laneOf } = toLanes(views.flatMap(({ spans }) => spans).sort((a, b) => a.startMs - b.startMs));
  const lanesOfTrace = (spans: readonly LaneSpan[]) =>
    spans.map((span) => ({ service: span.service, lane: laneOf.get(span) ?? 0 }));
  const busy = joined(views.flatMap((view) => view.busy).sort((a, b) => a.startMs - b.startMs));
  const intervals = busy.map(({ startMs, endMs }) => ({ startMs: offset(startMs), endMs: offset(endMs) }));
  return {
    startedAtMs,
    durationMs: intervals.at(-1)?.endMs ?? 0,
    offset,
    lanes,
    lanesOf: new Map(views.map(({ trace, spans }) => [trace.id, lanesOfTrace(spans)])),
    gaps: toGaps(intervals),
  };
}
