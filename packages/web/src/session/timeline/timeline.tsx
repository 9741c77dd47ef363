import type { ReplayGap } from '@powerrag/protocol';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { ScrollArea } from '../../ui/scroll-area.js';
import { Name, titleText } from '../../ui/shown-text.js';
import { PlayerBar } from '../player/player-bar.js';
import { useReplay, useReplayState, useSelect } from '../state/replay-context.js';
import type { ReplayState } from '../state/replay-store.js';
import { barsOfLastView, ROW_PX, RULER_PX, type View } from './bars.js';
import { drawTimeline } from './draw.js';
import { layOut } from './layout.js';
import { readPalette } from './palette.js';
import { type Hover, Tooltip } from './tooltip.js';
import { useThemeChange } from './use-theme-change.js';
import { panBy, reveal, scaleFor, type Viewport, WHOLE, zoomAt } from './viewport.js';
import './timeline.css';

const skipsInactivity = (state: ReplayState): boolean => state.skipInactivity;

/** The player, and below it every observation of every trace and service on one axis of time. */
export function Timeline() {
  const { history, store } = useReplay();
  const select = useSelect();
  const folded = useReplayState(skipsInactivity);
  const layout = useMemo(() => layOut(history.document.lanes, history.observations), [history]);
  const area = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [viewport, setViewport] = useState<Viewport>(WHOLE);
  const [hover, setHover] = useState<Hover | null>(null);
  const theme = useThemeChange();

  const scaleOf = useCallback(
    (zoom: number) => scaleFor(history.document, Math.max(1, size.width), zoom, folded),
    [history, size.width, folded],
  );
  const scale = useMemo(() => scaleOf(viewport.zoom), [scaleOf, viewport.zoom]);

  const barsOf = useMemo(barsOfLastView, []);
  const viewNow = useCallback((): View => {
    const { selection } = store.state;
    const selected = selection?.observationId ? history.find(selection.traceId, selection.observationId) : undefined;
    const scrollY = area.current?.scrollTop ?? 0;
    return {
      history,
      layout,
      scale,
      ...size,
      scrollX: viewport.scrollX,
      scrollY,
      selected,
    };
  }, [history, layout, scale, size, viewport.scrollX, store]);

  useEffect(() => {
    const element = area.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme has other colours
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context || size.width === 0) return;
    element.width = Math.round(size.width * devicePixelRatio);
    element.height = Math.round(size.height * devicePixelRatio);
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    const palette = readPalette(element.parentElement ?? element);
    let frame = 0;
    const draw = (): void => {
      frame = 0;
      const view = viewNow();
      drawTimeline(context, { ...view, bars: barsOf(view), folded, playheadMs: store.state.playheadMs, palette });
    };
    const schedule = (): void => {
      if (frame === 0) frame = requestAnimationFrame(draw);
    };
    const scroller = area.current;
    draw();
    const leave = store.subscribe(schedule);
    scroller?.addEventListener('scroll', schedule);
    return () => {
      leave();
      scroller?.removeEventListener('scroll', schedule);
      cancelAnimationFrame(frame);
    };
  }, [viewNow, barsOf, folded, size, store, theme]);

  useEffect(
    () =>
      store.subscribe(() =>
        setViewport((current) =>
          current.zoom === 1 ? current : reveal(current, store.state.playheadMs, size.width, scale),
        ),
      ),
    [store, size.width, scale],
  );

  useWheel(area, (event, x) => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      setViewport((current) => zoomAt(current, Math.exp(-event.deltaY / 300), x, size.width, scaleOf));
      return true;
    }
    const dx = event.shiftKey ? event.deltaY : event.deltaX;
    if (dx === 0) return false;
    setViewport((current) => panBy(current, dx, size.width, scale));
    return true;
  });

  const place = (event: { clientX: number; clientY: number }): { x: number; y: number } => {
    const box = canvas.current?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
  };
  const seekTo = (x: number): void => store.seek(scale.toTime(viewport.scrollX + x));
  const gapAt = (x: number): ReplayGap | undefined => {
    const timeMs = scale.toTime(viewport.scrollX + x);
    return folded ? history.document.gaps.find((gap) => gap.startMs < timeMs && timeMs < gap.endMs) : undefined;
  };
  const zoomBy = (factor: number): void =>
    setViewport((current) => zoomAt(current, factor, playheadOr(size.width / 2), size.width, scaleOf));
  const playheadOr = (middle: number): number => {
    const x = scale.toX(store.state.playheadMs) - viewport.scrollX;
    return x > 0 && x < size.width ? x : middle;
  };

  return (
    <section className="pane timeline" aria-label="Timeline">
      <PlayerBar zoomed={viewport.zoom > 1} onZoom={zoomBy} onFit={() => setViewport(WHOLE)} />
      <div className="timeline-body">
        <div className="timeline-lanes" aria-hidden="true">
          <LaneLabels layout={layout} area={area} />
        </div>
        <ScrollArea ref={area} className="timeline-area" label="Lanes">
          <canvas
            ref={canvas}
            onPointerDown={(event) => {
              const { x, y } = place(event);
              const hit = barsOf(viewNow()).at(x, y);
              if (hit) select({ traceId: hit.traceId, observationId: hit.id });
              else {
                event.currentTarget.setPointerCapture(event.pointerId);
                seekTo(x);
              }
            }}
            onPointerMove={(event) => {
              const { x, y } = place(event);
              if (event.currentTarget.hasPointerCapture(event.pointerId)) return seekTo(x);
              const observation = barsOf(viewNow()).at(x, y);
              const gap = observation ? undefined : gapAt(x);
              setHover(observation || gap ? { observation, gap, x: event.clientX, y: event.clientY } : null);
            }}
            onPointerLeave={() => setHover(null)}
          />
          <div style={{ height: RULER_PX + layout.rowCount * ROW_PX - size.height }} />
        </ScrollArea>
      </div>
      {hover && <Tooltip hover={hover} />}
    </section>
  );
}

/** Names beside the lanes; they scroll with them. */
function LaneLabels({
  layout,
  area,
}: {
  readonly layout: ReturnType<typeof layOut>;
  readonly area: React.RefObject<HTMLDivElement | null>;
}) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = area.current;
    const follow = (): void => {
      if (list.current && element) list.current.style.transform = `translateY(${-element.scrollTop}px)`;
    };
    element?.addEventListener('scroll', follow);
    return () => element?.removeEventListener('scroll', follow);
  }, [area]);
  return (
    <div ref={list} className="timeline-labels">
      {layout.lanes.map((lane) => (
        <div
          key={lane.firstRow}
          className="timeline-label"
          style={{ height: lane.rowCount * ROW_PX }}
          title={titleText(lane.label)}
        >
          <Name text={lane.label} />
        </div>
      ))}
    </div>
  );
}

/** React listens to the wheel passively, so a handler that must stop the page from zooming has to be put on by hand. */
function useWheel(
  area: React.RefObject<HTMLDivElement | null>,
  handle: (event: WheelEvent, x: number) => boolean,
): void {
  const latest = useRef(handle);
  useEffect(() => {
    latest.current = handle;
  });
  useEffect(() => {
    const element = area.current;
    const onWheel = (event: WheelEvent): void => {
      const x = event.clientX - (element?.getBoundingClientRect().left ?? 0);
      if (latest.current(event, x)) event.preventDefault();
    };
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, [area]);
}
