import { type PointerEvent, type RefObject, useEffect, useRef } from 'react';
import { useReplay, useSelect } from '../state/replay-context.js';
import { type Bar, HEAD_PX, RULER_PX } from './bars.js';
import { type Gesture, gestureAt, type Point, pinch, STILL_PX } from './gestures.js';
import type { Hover } from './tooltip.js';
import type { TimelineView } from './use-view.js';

interface Down {
  readonly gesture: Gesture;
  readonly from: Point;
  moved: boolean;
}

/** Pointer, fingers and wheel on the lanes: click selects or seeks, drag pans, shift and drag marks, wheel and pinch zoom. */
export function useGestures(
  area: RefObject<HTMLDivElement | null>,
  view: TimelineView,
  barAt: (x: number, y: number) => Bar | undefined,
  setHover: (hover: Hover | null) => void,
) {
  const { history, store } = useReplay();
  const select = useSelect();
  const pointers = useRef(new Map<number, Point>());
  const down = useRef<Down | null>(null);
  const timeAt = (x: number): number => view.scale.toTime(view.viewport.scrollX + x);

  useWheel(area, (event, x) => {
    const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    if (Math.abs(sideways) > Math.abs(event.deltaY) || event.shiftKey) view.pan(sideways);
    else view.zoom(Math.exp(-event.deltaY / (event.ctrlKey ? 100 : 300)), x);
  });

  const click = ({ x, y }: Point, gesture: Gesture): void => {
    const turn = gesture === 'turn' ? history.document.turns[history.turnPositionAt(timeAt(x))] : undefined;
    const bar = gesture === 'pan' ? barAt(x, y) : undefined;
    if (turn) select({ traceId: turn.traceId, observationId: null }, turn.startMs);
    else if (bar) select({ traceId: bar.observation.traceId, observationId: bar.observation.id });
    else if (gesture === 'range') store.setRange(null);
    else store.seek(timeAt(x));
  };

  const moveTwo = (id: number, place: Point): void => {
    const [other] = [...pointers.current].flatMap(([key, point]) => (key === id ? [] : [point]));
    const before = pointers.current.get(id);
    if (!other || !before) return;
    const { factor, x, dx } = pinch([other, before], [other, place]);
    view.pan(dx);
    view.zoom(factor, x);
  };

  const hoverAt = ({ x, y }: Point, { clientX, clientY }: PointerEvent): Hover | null => {
    const bar = barAt(x, y);
    const gap = bar || !view.folded ? undefined : history.gapAt(timeAt(x));
    return bar || gap ? { bar, gap, x: clientX, y: clientY } : null;
  };

  const drag = (before: Point, place: Point): void => {
    const current = down.current;
    if (!current) return;
    const { from, gesture } = current;
    current.moved ||= Math.hypot(place.x - from.x, place.y - from.y) >= STILL_PX;
    if (gesture === 'seek') store.seek(timeAt(place.x));
    else if (current.moved && gesture === 'range') {
      store.setRange({ startMs: timeAt(from.x), endMs: timeAt(place.x) });
    } else if (current.moved) {
      view.pan(before.x - place.x);
      area.current?.scrollBy(0, before.y - place.y);
    }
  };

  return {
    onPointerDown: (event: PointerEvent<HTMLElement>): void => {
      if (event.button !== 0) return;
      const place = placeOf(event);
      event.currentTarget.setPointerCapture(event.pointerId);
      pointers.current.set(event.pointerId, place);
      const gesture = gestureAt(place.y, event.shiftKey, { ruler: RULER_PX, whole: HEAD_PX });
      // A second finger ends what the first began.
      down.current = pointers.current.size === 1 ? { gesture, from: place, moved: false } : null;
      if (down.current?.gesture === 'seek') store.seek(timeAt(place.x));
    },
    onPointerMove: (event: PointerEvent<HTMLElement>): void => {
      const place = placeOf(event);
      const before = pointers.current.get(event.pointerId);
      setHover(before === undefined ? hoverAt(place, event) : null);
      if (before === undefined) return;
      if (pointers.current.size > 1) moveTwo(event.pointerId, place);
      else drag(before, place);
      pointers.current.set(event.pointerId, place);
    },
    onPointerUp: (event: PointerEvent<HTMLElement>): void => {
      const current = down.current;
      pointers.current.delete(event.pointerId);
      down.current = null;
      if (current && !current.moved && current.gesture !== 'seek') click(placeOf(event), current.gesture);
    },
    onPointerCancel: (event: PointerEvent<HTMLElement>): void => {
      pointers.current.delete(event.pointerId);
      down.current = null;
    },
    onPointerLeave: (): void => setHover(null),
  };
}

function placeOf(event: PointerEvent<HTMLElement>): Point {
  const box = event.currentTarget.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

/** React listens to the wheel passively, so a handler that must stop the page from zooming has to be put on by hand. */
function useWheel(area: RefObject<HTMLDivElement | null>, handle: (event: WheelEvent, x: number) => void): void {
  const latest = useRef(handle);
  useEffect(() => {
    latest.current = handle;
  });
  useEffect(() => {
    const element = area.current;
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      latest.current(event, event.clientX - (element?.getBoundingClientRect().left ?? 0));
    };
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, [area]);
}
