import type { ActivityScore, SessionActivity } from '@powerrag/protocol';
import type { Annotation } from '../store/annotations.js';
import { compareText } from '../store/order.js';

/** Equal stretches that a session is divided into. */
const ACTIVITY_STRETCHES = 24;
const MAX_NAMES = 20;

/** A stretch of time, and what was recorded in it. */
export interface Recorded {
  readonly startMs: number;
  readonly endMs: number;
  readonly count: number;
  readonly errorCount: number;
}

/** How much was recorded in each stretch of a session, each part of it spread evenly over its time. */
export function activityOf(
  { startMs, lastActivityMs }: { readonly startMs: number; readonly lastActivityMs: number },
  parts: readonly Recorded[],
): Pick<SessionActivity, 'activity' | 'errors'> {
  const stretchMs = (lastActivityMs - startMs) / ACTIVITY_STRETCHES;
  if (!(stretchMs > 0)) return { activity: [], errors: [] };
  const counts = new Array<number>(ACTIVITY_STRETCHES).fill(0);
  const errorCounts = new Array<number>(ACTIVITY_STRETCHES).fill(0);
  const stretchAt = (timeMs: number): number =>
    Math.min(ACTIVITY_STRETCHES - 1, Math.max(0, Math.floor((timeMs - startMs) / stretchMs)));
  for (const part of parts) {
    const [first, last] = [stretchAt(part.startMs), stretchAt(part.endMs)];
    const share = 1 / (last - first + 1);
    for (let stretch = first; stretch <= last; stretch += 1) {
      counts[stretch] = (counts[stretch] ?? 0) + part.count * share;
      errorCounts[stretch] = (errorCounts[stretch] ?? 0) + part.errorCount * share;
    }
  }
  const most = Math.max(...counts);
  const part = (count: number): number => (most === 0 ? 0 : Math.round((count / most) * 1_000) / 1_000);
  return { activity: counts.map(part), errors: errorCounts.map(part) };
}

/** What scores come to, by name, in order of name. */
export function scoresByName(annotations: readonly Annotation[]): ActivityScore[] {
  const byName = new Map<string, Annotation[]>();
  for (const annotation of annotations) {
    if (annotation.kind !== 'score') continue;
    const ofName = byName.get(annotation.name);
    if (ofName === undefined) byName.set(annotation.name, [annotation]);
    else ofName.push(annotation);
  }
  return [...byName]
    .sort(([a], [b]) => compareText(a, b))
    .slice(0, MAX_NAMES)
    .map(([name, scores]) => {
      const latest = scores.reduce((a, b) => (b.timeMs >= a.timeMs ? b : a));
      const values = scores.flatMap(({ value }) => value ?? []);
      const mean = values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
      return {
        ...{ name, dataType: latest.dataType, value: mean, count: scores.length },
        stringValue: latest.dataType === 'CATEGORICAL' ? latest.stringValue : null,
      };
    });
}
