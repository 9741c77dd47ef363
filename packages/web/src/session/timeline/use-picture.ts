import { type RefObject, useCallback, useEffect, useMemo, useRef } from 'react';
import { useReplay, useReplayState } from '../state/replay-context.js';
import type { ReplayState } from '../state/replay-store.js';
import { type Bar, barsOfLastView, type View } from './bars.js';
import { drawFrame, makePictures } from './draw.js';
import { readPalette } from './palette.js';
import { useThemeChange } from './use-theme-change.js';
import type { TimelineView } from './use-view.js';

const selectionOf = (state: ReplayState) => state.selection;

/**
 * Keeps the canvas of the lanes as the view is. The bars are drawn when the view changes, and only composed when the playhead moves.
 *
 * @returns what is drawn at a place of the canvas, CSS pixels.
 */
export function useTimelinePicture(
  canvas: RefObject<HTMLCanvasElement | null>,
  area: RefObject<HTMLDivElement | null>,
  { layout, folded, size, viewport, scale }: TimelineView,
): (x: number, y: number) => Bar | undefined {
  const { history, store } = useReplay();
  const selection = useReplayState(selectionOf);
  const theme = useThemeChange();
  const barsOf = useMemo(barsOfLastView, []);
  const scrollY = useRef(0);
  const viewNow = useCallback((): View => {
    const selected = selection?.observationId ? history.find(selection.traceId, selection.observationId) : undefined;
    return { history, layout, scale, ...size, scrollX: viewport.scrollX, scrollY: scrollY.current, selected };
  }, [history, layout, scale, size, viewport.scrollX, selection]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme has other colours
  useEffect(() => {
    const element = canvas.current;
    const scroller = area.current;
    const context = element?.getContext('2d');
    if (!element || !scroller || !context || size.width === 0) return;
    const ratio = devicePixelRatio;
    element.width = Math.round(size.width * ratio);
    element.height = Math.round(size.height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const palette = readPalette(scroller);
    const make = () => makePictures({ view: viewNow(), bars: barsOf(viewNow()), folded, palette, ratio });
    scrollY.current = scroller.scrollTop;
    let pictures = make();
    let frame = 0;
    const draw = (): void => {
      frame = 0;
      drawFrame(context, pictures, store.state, palette);
    };
    const schedule = (): void => {
      if (frame === 0) frame = requestAnimationFrame(draw);
    };
    const onScroll = (): void => {
      scrollY.current = scroller.scrollTop;
      pictures = make();
      schedule();
    };
    draw();
    const leave = store.subscribe(schedule);
    scroller.addEventListener('scroll', onScroll);
    return () => {
      leave();
      scroller.removeEventListener('scroll', onScroll);
      cancelAnimationFrame(frame);
    };
  }, [viewNow, barsOf, folded, size, store, theme]);

  return useCallback((x, y) => barsOf(viewNow()).at(x, y), [barsOf, viewNow]);
}
