import type { Playable } from '../state/replay-store.js';
import { fitRates, type Stretch, TimeScale } from '../state/time-scale.js';

/** Length of a folded gap on the timeline in CSS pixels: room for what was skipped, such as `12 min 30 s`. */
const GAP_PX = 76;
const MOST_ZOOM = 20_000;
/** How much of the view a stretch fills that it is asked to show. */
const FRAME_PART = 0.9;

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
  const zoom = within(viewport.zoom * factor);
  const timeMs = scaleOf(viewport.zoom).toTime(viewport.scrollX + x);
  const scale = scaleOf(zoom);
  return { zoom, scrollX: clampScroll(scale.toX(timeMs) - x, scale, width) };
}

/** The view that is filled by a stretch of time, with a little room on both sides. */
export function frame({ startMs, endMs }: Stretch, width: number, scaleOf: (zoom: number) => TimeScale): Viewport {
  const whole = scaleOf(1);
  const length = whole.toX(endMs) - whole.toX(startMs);
  let zoom = length > 0 ? within(FRAME_PART * (width / length)) : 20;
  // Folded gaps keep their width, so what is around them grows faster or slower than the factor says.
  for (let round = 0; round < 6; round++) {
    const scale = scaleOf(zoom);
    const shown = scale.toX(endMs) - scale.toX(startMs);
    if (shown > 0) zoom = within((zoom * FRAME_PART * width) / shown);
  }
  const scale = scaleOf(zoom);
  const middle = (scale.toX(startMs) + scale.toX(endMs)) / 2;
  return { zoom, scrollX: clampScroll(middle - width / 2, scale, width) };
}

function within(zoom: number): number {
  return Math.min(MOST_ZOOM, Math.max(1, zoom));
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
