import type { ReplayObservation } from '@powerrag/protocol';
import type { TimeScale } from '../state/time-scale.js';
import { workKind } from '../work/kind.js';

/**
 * How much ran in each of `count` columns of equal width: how many models, tools and the like were at work there on average. What
 * only holds others together, an agent or a chain, does not count.
 */
export function columnsOf(observations: readonly ReplayObservation[], scale: TimeScale, count: number): Float64Array {
  const loads = new Float64Array(count);
  if (count === 0 || scale.length === 0) return loads;
  const columnOf = (timeMs: number): number => (scale.toX(timeMs) / scale.length) * count;
  for (const observation of observations) {
    if (workKind(observation) === 'own') continue;
    const from = columnOf(observation.startMs);
    const to = Math.max(columnOf(observation.endMs ?? observation.startMs), from + 0.1);
    for (let column = Math.floor(from); column < Math.min(to, count); column++) {
      const part = Math.min(to, column + 1) - Math.max(from, column);
      loads[column] = (loads[column] ?? 0) + part;
    }
  }
  return loads;
}
