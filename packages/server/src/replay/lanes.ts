import type { ReplayLane } from '@powerrag/protocol';
import TinyQueue from 'tinyqueue';

/** The work of one service in one trace. Times in milliseconds. */
export interface LaneSpan {
  readonly service: string | null;
  readonly startMs: number;
  readonly endMs: number;
}

interface Busy {
  readonly untilMs: number;
  readonly lane: number;
}

/** The lanes of one service while spans are assigned to them, in order of start. */
interface ServiceLanes<T> {
  count: number;
  /** Lanes in use; the one that is free again first comes first. */
  readonly busy: TinyQueue<Busy>;
  /** Free lanes; the lowest comes first. */
  readonly free: TinyQueue<number>;
  readonly taken: [T, number][];
}

/**
 * One lane per service, and one more for each trace that runs there while the others are in use: no two traces overlap in a
 * lane. Services are in the order in which they first appear. `laneOf` gives the index of each span's lane.
 */
export function toLanes<T extends LaneSpan>(spans: readonly T[]): { lanes: ReplayLane[]; laneOf: Map<T, number> } {
  const byService = new Map<string | null, ServiceLanes<T>>();
  for (const span of [...spans].sort((a, b) => a.startMs - b.startMs)) {
    const own = byService.get(span.service) ?? noLanes();
    byService.set(span.service, own);
    for (let next = own.busy.peek(); next !== undefined && next.untilMs <= span.startMs; next = own.busy.peek()) {
      own.busy.pop();
      own.free.push(next.lane);
    }
    const lane = own.free.pop() ?? own.count++;
    own.busy.push({ untilMs: span.endMs, lane });
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

function noLanes<T>(): ServiceLanes<T> {
  return { count: 0, busy: new TinyQueue<Busy>([], (a, b) => a.untilMs - b.untilMs), free: new TinyQueue(), taken: [] };
}
