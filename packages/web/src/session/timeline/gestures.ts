/** What a pointer that went down on the timeline is doing. */
export type Gesture = 'seek' | 'range' | 'pan' | 'turn';

/** A pointer that moves less than this has not moved, CSS pixels. */
export const STILL_PX = 4;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A drag on the ruler seeks, with shift it marks a stretch wherever it begins, elsewhere it pans. */
export function gestureAt(
  y: number,
  shiftKey: boolean,
  head: { readonly ruler: number; readonly whole: number },
): Gesture {
  if (shiftKey) return 'range';
  if (y < head.ruler) return 'seek';
  return y < head.whole ? 'turn' : 'pan';
}

/** What two fingers did between two places each: how much wider they are apart, around where, and how far both moved. */
export function pinch(
  before: readonly [Point, Point],
  after: readonly [Point, Point],
): { readonly factor: number; readonly x: number; readonly dx: number } {
  const spread = ([a, b]: readonly [Point, Point]): number => Math.max(8, Math.hypot(a.x - b.x, a.y - b.y));
  const middle = ([a, b]: readonly [Point, Point]): number => (a.x + b.x) / 2;
  return { factor: spread(after) / spread(before), x: middle(after), dx: middle(before) - middle(after) };
}
