import type { ReplayLane } from '@powerrag/protocol';
import { MinHeap } from './min-heap.js';

/** The work of one service in one trace. Times in milliseconds. */
export interface LaneSpan {
  readonly service: string | null;
  readonly startMs: number;
  readonly endMs: number;
}

/** The lanes of one service while spans are given theirs, in order of start. */
interface ServiceLanes<T> {
  count: number;
  /** Lanes by when they are free again. */
  readonly busy: MinHeap<number>;
  /** Lanes by number: the first free one is taken next. */
  readonly free: MinHeap<number>;
  readonly taken: [T, number][];
}

/**
 * One lane a service, and one more for each trace that runs there while the others are taken: so no two traces overlap in a
 * lane. Services in the order in which they first appear. `laneOf` gives the index of each span's lane.
 */
export function toLanes<T extends LaneSpan>(spans: readonly T[]): { lanes: ReplayLane[]; laneOf: Map<T, number> } {
  const byService = new Map<string | null, ServiceLanes<T>>();
  for (const span of [...spans].sort((a, b) => a.startMs - b.startMs)) {
    const own = byService.get(span.service) ?? { count: 0, busy: new MinHeap(), free: new MinHeap(), taken: [] };
    byService.set(span.service, own);
    while (own.busy.least <= span.startMs) {
      const lane = own.busy.pop() ?? 0;
      own.free.push(lane, lane);
    }
    const lane = own.free.pop() ?? own.count++;
    own.busy.push(span.endMs, lane);
    own.taken.push([span, lane]);
  }
  const lanes: ReplayLane[] = [];
  const laneOf = new Map<T, number>();
  for (const [service, { count, taken }] of byService) {
    for (const [span, lane] of taken) laneOf.set(span, lanes.length + lane);
    const name = service ?? 'unnamed service';
    for (let n = 1; n <= count; n++) lanes.push({ service, label: n === 1 ? name : `${name} (${n})` });
  }
  return { lanes, laneOf };
}
