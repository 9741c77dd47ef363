import type { Stretch, TimeScale } from '../state/time-scale.js';

/** Marks are told apart to a thousandth of the bar. */
const PLACES = 1_000;

/**
 * Where to mark moments on a bar, in thousandths of its length, ascending. Moments that fall on one thousandth of it share a mark, so
 * that any number of them is shown, and costs no more than a thousand marks.
 */
export function markPlaces(times: readonly number[], scale: TimeScale): number[] {
  return [...new Set(times.map((timeMs) => placeOf(timeMs, scale)))].sort((a, b) => a - b);
}

/** An SVG path with a line at each of some moments, in a box of 1,000 by 1. */
export function linesPath(times: readonly number[], scale: TimeScale): string {
  return markPlaces(times, scale)
    .map((place) => `M${place} 0V1`)
    .join('');
}

/** An SVG path that encloses some stretches of time, in a box of 1,000 by 1. Of those that begin on one thousandth, the longest. */
export function stretchesPath(stretches: readonly Stretch[], scale: TimeScale): string {
  const ends = new Map<number, number>();
  for (const { startMs, endMs } of stretches) {
    const start = placeOf(startMs, scale);
    ends.set(start, Math.max(ends.get(start) ?? start, placeOf(endMs, scale)));
  }
  return [...ends].map(([start, end]) => `M${start} 0H${end}V1H${start}Z`).join('');
}

function placeOf(timeMs: number, scale: TimeScale): number {
  return Math.round((scale.toX(timeMs) / Math.max(scale.length, 1)) * PLACES);
}
