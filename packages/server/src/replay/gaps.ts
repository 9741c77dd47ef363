import type { ReplayGap } from '@powerrag/protocol';

/** A shorter pause is played; a longer one is folded. */
const GAP_MS = 2_000;

/** Gaps of more than `GAP_MS` that no interval covers, between the first start and the last end. `intervals` by start. */
export function toGaps(intervals: readonly { readonly startMs: number; readonly endMs: number }[]): ReplayGap[] {
  const gaps: ReplayGap[] = [];
  let busyUntil = intervals[0]?.startMs ?? 0;
  for (const { startMs, endMs } of intervals) {
    if (startMs - busyUntil > GAP_MS) gaps.push({ startMs: busyUntil, endMs: startMs });
    busyUntil = Math.max(busyUntil, endMs);
  }
  return gaps;
}
