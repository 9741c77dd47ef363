import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useReplay, useReplayState } from '../state/replay-context.js';
import type { ReplayState } from '../state/replay-store.js';
import { fitTimeScale } from '../state/time-scale.js';
import { useClock } from '../state/use-clock.js';
import { useOffset } from '../state/use-offset.js';
import { Preview } from './preview.js';
import { ScrubberMarks } from './scrubber-marks.js';

/** The scrubber is laid out in parts of a thousand of its width. */
const WIDTH = 1000;
const GAP = 24;

const skipsInactivity = (state: ReplayState): boolean => state.skipInactivity;

/**
 * The whole session as one bar: turns as chapters, gaps folded, failures marked. The range input in it speaks milliseconds,
 * to assistive technology as to the keyboard; only the pointer is mapped through the folded axis.
 */
export function Scrubber() {
  const { history, store } = useReplay();
  const folded = useReplayState(skipsInactivity);
  const clock = useClock();
  const offset = useOffset();
  const { document } = history;
  const scale = useMemo(
    () =>
      fitTimeScale({
        durationMs: document.durationMs,
        gaps: folded ? document.gaps : [],
        width: WIDTH,
        foldedGap: GAP,
      }),
    [document, folded],
  );
  const input = useRef<HTMLInputElement>(null);
  const done = useRef<HTMLDivElement>(null);
  const thumb = useRef<HTMLDivElement>(null);
  const failures = useRef<SVGSVGElement>(null);
  const [hover, setHover] = useState<{ readonly timeMs: number; readonly part: number } | null>(null);

  useEffect(() => {
    const show = (): void => {
      const { playheadMs, replaying } = store.state;
      const part = scale.length === 0 ? 1 : scale.toX(playheadMs) / scale.length;
      if (done.current) done.current.style.transform = `scaleX(${part})`;
      // Moved and not laid out anew: this happens in every frame.
      if (thumb.current) thumb.current.style.transform = `translateX(${part * 100}%)`;
      // A replay does not tell beforehand what will fail.
      if (failures.current) failures.current.style.clipPath = replaying ? `inset(0 ${100 - part * 100}% 0 0)` : '';
      if (!input.current) return;
      input.current.value = String(playheadMs);
      input.current.setAttribute('aria-valuenow', String(playheadMs));
      input.current.setAttribute(
        'aria-valuetext',
        `${offset(playheadMs)} of ${offset(document.durationMs)}, ${clock(playheadMs)}`,
      );
    };
    show();
    return store.subscribe(show);
  }, [store, scale, document, clock, offset]);

  const placeOf = (event: PointerEvent<HTMLElement>): { timeMs: number; part: number } => {
    const box = event.currentTarget.getBoundingClientRect();
    const part = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return { timeMs: scale.toTime(part * scale.length), part };
  };

  return (
    <div className="scrubber">
      <div className="scrubber-track">
        <div ref={done} className="scrubber-done" />
        <ScrubberMarks scale={scale} folded={folded} failures={failures} />
      </div>
      <div ref={thumb} className="scrubber-thumb-rail">
        <div className="scrubber-thumb" />
      </div>
      {hover && <Preview timeMs={hover.timeMs} part={hover.part} />}
      <input
        ref={input}
        type="range"
        aria-label="Playhead"
        aria-valuemin={0}
        aria-valuemax={document.durationMs}
        min={0}
        max={document.durationMs}
        step="any"
        defaultValue={store.state.playheadMs}
        onInput={(event) => store.seek(Number(event.currentTarget.value))}
        onPointerDown={(event) => {
          event.preventDefault();
          event.currentTarget.focus();
          event.currentTarget.setPointerCapture(event.pointerId);
          store.seek(placeOf(event).timeMs);
        }}
        onPointerMove={(event) => {
          const place = placeOf(event);
          setHover(place);
          if (event.currentTarget.hasPointerCapture(event.pointerId)) store.seek(place.timeMs);
        }}
        onPointerLeave={() => setHover(null)}
      />
    </div>
  );
}
