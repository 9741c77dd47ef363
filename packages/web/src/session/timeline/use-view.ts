import { type RefObject, useCallback, useEffect, useMemo, useState } from 'react';
import { useReplay, useReplayState } from '../state/replay-context.js';
import type { ReplayState } from '../state/replay-store.js';
import type { TimeScale } from '../state/time-scale.js';
import { layOut, type TimelineLayout } from './layout.js';
import { frame, panBy, reveal, scaleFor, type Viewport, WHOLE, zoomAt } from './viewport.js';

const skipsInactivity = (state: ReplayState): boolean => state.skipInactivity;
const requestOf = (state: ReplayState) => state.viewRequest;

export interface TimelineView {
  readonly layout: TimelineLayout;
  readonly folded: boolean;
  /** Of the lanes, CSS pixels. */
  readonly size: { readonly width: number; readonly height: number };
  readonly viewport: Viewport;
  readonly scale: TimeScale;
  /** Makes it so many times larger, and keeps what is at `x`; without one, the playhead, or else the middle. */
  zoom(factor: number, x?: number): void;
  pan(dx: number): void;
  /** Brings a moment to the middle. */
  centre(timeMs: number): void;
  fit(): void;
}

/** What part of the session the timeline shows: by pointer, by request of other panes, and so that a moving playhead stays in view. */
export function useTimelineView(area: RefObject<HTMLDivElement | null>): TimelineView {
  const { history, store } = useReplay();
  const folded = useReplayState(skipsInactivity);
  const request = useReplayState(requestOf);
  const layout = useMemo(() => layOut(history.document.lanes, history.observations), [history]);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [wanted, setViewport] = useState<Viewport>(WHOLE);
  const { width } = size;
  const scaleOf = useCallback(
    (zoom: number) => scaleFor(history.document, Math.max(1, width), zoom, folded),
    [history, width, folded],
  );
  const scale = useMemo(() => scaleOf(wanted.zoom), [scaleOf, wanted.zoom]);
  // A pane that became narrower, or gaps that were folded, may leave less to scroll.
  const viewport = useMemo(() => panBy(wanted, 0, width, scale), [wanted, width, scale]);

  useEffect(() => {
    const element = area.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, [area]);

  const zoom = useCallback(
    (factor: number, x?: number): void =>
      setViewport((current) => {
        const playheadX = scaleOf(current.zoom).toX(store.state.playheadMs) - current.scrollX;
        const isInView = playheadX > 0 && playheadX < width;
        return zoomAt(current, factor, x ?? (isInView ? playheadX : width / 2), width, scaleOf);
      }),
    [scaleOf, store, width],
  );
  const pan = useCallback(
    (dx: number): void => setViewport((current) => panBy(current, dx, width, scaleOf(current.zoom))),
    [scaleOf, width],
  );
  const centre = useCallback(
    (timeMs: number): void =>
      setViewport((current) => {
        const now = scaleOf(current.zoom);
        return panBy({ ...current, scrollX: now.toX(timeMs) - width / 2 }, 0, width, now);
      }),
    [scaleOf, width],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: each request is answered once, whatever the width becomes
  useEffect(() => {
    if (request === null) return;
    if (request.show === 'zoomed') zoom(request.factor);
    else setViewport(frame(request, width, scaleOf));
  }, [request]);

  useEffect(() => {
    let lastMs = store.state.playheadMs;
    return store.subscribe(() => {
      const { playheadMs, playing } = store.state;
      if (viewport.zoom === 1 || playheadMs === lastMs) return;
      // Who looks at another part while it plays is not pulled back.
      const lastX = scale.toX(lastMs) - viewport.scrollX;
      const wasInView = lastX >= 0 && lastX <= width;
      lastMs = playheadMs;
      if (wasInView || !playing) setViewport((current) => reveal(current, playheadMs, width, scale));
    });
  }, [store, viewport, width, scale]);

  return { layout, folded, size, viewport, scale, zoom, pan, centre, fit: () => setViewport(WHOLE) };
}
