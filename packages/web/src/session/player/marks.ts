import type { TimeScale } from '../state/time-scale.js';

/**
 * Where to mark moments on a bar, in parts of its whole length, ascending. Moments that fall on one thousandth of it share a mark,
 * so that any number of them is shown, and costs no more than a thousand marks.
 */
export function markPlaces(times: readonly number[], scale: TimeScale): number[] {
  const length = Math.max(scale.length, 1);
  const places = new Set(times.map((timeMs) => Math.round((scale.toX(timeMs) / length) * 1000)));
  return [...places].sort((a, b) => a - b).map((place) => place / 1000);
}
