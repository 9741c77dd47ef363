import type { Stretch, TimeScale } from '../state/time-scale.js';

/** Marks are told apart to a thousandth of the bar. */
const PLACES = 1_000;
const NARROW = 2;

/**
 * Where to mark moments on a bar, in thousandths of its length, ascending. Moments that fall on one thousandth of it share a mark, so
 * that any number of them is shown, and costs no more than a thousand marks.
 */
export function markPlaces(times: readonly number[], scale: TimeScale): number[] {
  return [...new Set(times.map((timeMs) => placeOf(timeMs, scale)))].sort((a, b) => a - b);
}

/**
 * An SVG path with a line at each of some moments, in a box of 1,000 by 1.
 *
 * @param apart of lines that are nearer to one another than so many thousandths, only the first is drawn: the bar stays to be seen
 * between them. Default: all are drawn.
 */
export function linesPath(times: readonly number[], scale: TimeScale, apart = 0): string {
  let last = Number.NEGATIVE_INFINITY;
  let path = '';
  for (const place of markPlaces(times, scale)) {
    if (place - last < apart) continue;
    path += `M${place} 0V1`;
    last = place;
  }
  return path;
}

/**
 * An SVG path that encloses some stretches of time, in a box of 1,000 by 1. Of those that begin on one thousandth, the longest; those
 * of two thousandths or less are too narrow to say anything.
 */
export function stretchesPath(stretches: readonly Stretch[], scale: TimeScale): string {
  const ends = new Map<number, number>();
  for (const { startMs, endMs } of stretches) {
    const start = placeOf(startMs, scale);
    ends.set(start, Math.max(ends.get(start) ?? start, placeOf(endMs, scale)));
  }
  return [...ends]
    .filter(([start, end]) => end - start > NARROW)
    .map(([start, end]) => `M${start} 0H${end}V1H${start}Z`)
    .join('');
}

function placeOf(timeMs: number, scale: TimeScale): number {
  return Math.round((scale.toX(timeMs) / Math.max(scale.length, 1)) * PLACES);
}
