import type { Playable } from '../state/replay-store.js';
import { fitRates, TimeScale } from '../state/time-scale.js';

/** Length of a folded gap on the timeline in CSS pixels: room for what was skipped, such as `12 min 30 s`. */
const GAP_PX = 76;
const MOST_ZOOM = 20_000;

/** What part of a session the timeline shows: how much larger than fitting, and how far from the left. */
export interface Viewport {
  /** 1 shows the whole session. */
  readonly zoom: number;
  /** CSS pixels. */
  readonly scrollX: number;
}

export const WHOLE: Viewport = { zoom: 1, scrollX: 0 };

/** The scale for a zoom, in CSS pixels. Gaps keep their width, so zooming in is spent on what happened. */
export function scaleFor(playable: Playable, width: number, zoom: number, folded: boolean): TimeScale {
  const gaps = folded ? playable.gaps : [];
  const { perMs, foldedGap } = fitRates({ durationMs: playable.durationMs, gaps, width, foldedGap: GAP_PX });
  return new TimeScale({ durationMs: playable.durationMs, gaps, perMs: perMs * zoom, foldedGap });
}

/** Zooms by a factor and keeps the moment at `x` (CSS pixels in the view) where it is. */
export function zoomAt(
  viewport: Viewport,
  factor: number,
  x: number,
  width: number,
  scaleOf: (zoom: number) => TimeScale,
): Viewport {
  const zoom = Math.min(MOST_ZOOM, Math.max(1, viewport.zoom * factor));
  const timeMs = scaleOf(viewport.zoom).toTime(viewport.scrollX + x);
  const scale = scaleOf(zoom);
  return { zoom, scrollX: clampScroll(scale.toX(timeMs) - x, scale, width) };
}

/** Moves the view sideways, within the session. */
export function panBy(viewport: Viewport, dx: number, width: number, scale: TimeScale): Viewport {
  return { ...viewport, scrollX: clampScroll(viewport.scrollX + dx, scale, width) };
}

/** The view that has `timeMs` in it, turning the page only when it is outside. */
export function reveal(viewport: Viewport, timeMs: number, width: number, scale: TimeScale): Viewport {
  const x = scale.toX(timeMs) - viewport.scrollX;
  if (x >= 0 && x <= width) return viewport;
  return { ...viewport, scrollX: clampScroll(scale.toX(timeMs) - width * 0.1, scale, width) };
}

function clampScroll(scrollX: number, scale: TimeScale, width: number): number {
  return Math.max(0, Math.min(scale.length - width, scrollX));
}
