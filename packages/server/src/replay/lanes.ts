import type { ReplayLane } from '@powerrag/protocol';

/** The work of one service in one trace. Times in milliseconds. */
export interface LaneSpan {
  readonly service: string | null;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * One lane a service, and one more for each trace that runs there while the others are taken: so no two traces overlap in a
 * lane. Services in the order in which they first appear. `laneOf` gives the index of each span's lane.
 */
export function toLanes<T extends LaneSpan>(spans: readonly T[]): { lanes: ReplayLane[]; laneOf: Map<T, number> } {
  const byService = new Map<string | null, { freeAt: number[]; taken: [T, number][] }>();
  for (const span of [...spans].sort((a, b) => a.startMs - b.startMs)) {
    const own = byService.get(span.service) ?? { freeAt: [], taken: [] };
    byService.set(span.service, own);
    const free = own.freeAt.findIndex((endMs) => endMs <= span.startMs);
    const lane = free === -1 ? own.freeAt.length : free;
    own.freeAt[lane] = span.endMs;
    own.taken.push([span, lane]);
  }
  const lanes: ReplayLane[] = [];
  const laneOf = new Map<T, number>();
  for (const [service, { freeAt, taken }] of byService) {
    for (const [span, lane] of taken) laneOf.set(span, lanes.length + lane);
    const name = service ?? 'unnamed service';
    for (const index of freeAt.keys()) lanes.push({ service, label: index === 0 ? name : `${name} (${index + 1})` });
  }
  return { lanes, laneOf };
}
