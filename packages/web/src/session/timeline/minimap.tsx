import { type PointerEvent, useEffect, useMemo, useRef } from 'react';
import { useReplay, useReplayState } from '../state/replay-context.js';
import type { ReplayState } from '../state/replay-store.js';
import { isError } from '../state/session-history.js';
import { columnsOf } from './columns.js';
import { readPalette } from './palette.js';
import { useThemeChange } from './use-theme-change.js';
import type { TimelineView } from './use-view.js';
import { scaleFor } from './viewport.js';

const HEIGHT_PX = 18;

const isReplaying = (state: ReplayState): boolean => state.replaying;

/** The whole session in one strip: how much ran when, where it failed, and what part of it the lanes show. A drag moves that part. */
export function Minimap({ view }: { readonly view: TimelineView }) {
  const { history } = useReplay();
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useThemeChange();
  const replaying = useReplayState(isReplaying);
  const { width } = view.size;
  const whole = useMemo(
    () => scaleFor(history.document, Math.max(1, width), 1, view.folded),
    [history, width, view.folded],
  );
  const columns = useMemo(() => columnsOf(history.observations, whole, Math.ceil(width / 2)), [history, whole, width]);
  const [left, right] = [
    whole.toX(view.scale.toTime(view.viewport.scrollX)),
    whole.toX(view.scale.toTime(view.viewport.scrollX + width)),
  ];

  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme has other colours
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context || width === 0) return;
    element.width = Math.round(width * devicePixelRatio);
    element.height = Math.round(HEIGHT_PX * devicePixelRatio);
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    const palette = readPalette(element.parentElement ?? element);
    const most = Math.max(1, ...columns);
    context.fillStyle = palette.types.span;
    columns.forEach((load, n) => {
      const height = load === 0 ? 0 : 2 + (load / most) * (HEIGHT_PX - 4);
      context.fillRect(n * 2, HEIGHT_PX - height, 2, height);
    });
    if (replaying) return;
    context.fillStyle = palette.error;
    for (const o of history.observations) if (isError(o)) context.fillRect(whole.toX(o.startMs) - 1, 0, 2, HEIGHT_PX);
  }, [columns, history, whole, width, theme, replaying]);

  const go = (event: PointerEvent<HTMLElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    view.centre(whole.toTime(event.clientX - box.left));
  };
  return (
    <div
      className="minimap"
      aria-hidden="true"
      style={{ width }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        go(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) go(event);
      }}
    >
      <canvas ref={canvas} />
      {view.viewport.zoom > 1 && <div className="minimap-window" style={{ left, width: Math.max(4, right - left) }} />}
    </div>
  );
}
