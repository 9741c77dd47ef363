import { type PointerEvent, useEffect, useMemo, useRef } from 'react';
import { formatClock, formatDuration, formatOffset } from '../../ui/format.js';
import { useReplay, useReplayState } from '../state/replay-context.js';
import type { ReplayState } from '../state/replay-store.js';
import { isError } from '../state/session-history.js';
import { fitTimeScale } from '../state/time-scale.js';

/** The scrubber is laid out in parts of a thousand of its width. */
const WIDTH = 1000;
const GAP = 24;
/** More marks than this cannot be told apart, and cost more than they tell. */
const MOST_MARKS = 300;

const skipsInactivity = (state: ReplayState): boolean => state.skipInactivity;

/**
 * The whole session as one bar: turns as chapters, gaps folded, failures marked. The range input in it speaks milliseconds,
 * to assistive technology as to the keyboard; only the pointer is mapped through the folded axis.
 */
export function Scrubber() {
  const { history, store } = useReplay();
  const folded = useReplayState(skipsInactivity);
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

  useEffect(() => {
    const show = (): void => {
      const { playheadMs } = store.state;
      const part = scale.length === 0 ? 1 : scale.toX(playheadMs) / scale.length;
      if (done.current) done.current.style.transform = `scaleX(${part})`;
      if (thumb.current) thumb.current.style.left = `${part * 100}%`;
      if (!input.current) return;
      input.current.value = String(playheadMs);
      input.current.setAttribute('aria-valuenow', String(playheadMs));
      input.current.setAttribute(
        'aria-valuetext',
        `${formatOffset(playheadMs)} of ${formatOffset(document.durationMs)}, ${formatClock(document.startedAtMs + playheadMs)}`,
      );
    };
    show();
    return store.subscribe(show);
  }, [store, scale, document]);

  const seekTo = (event: PointerEvent<HTMLElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    store.seek(scale.toTime(((event.clientX - box.left) / box.width) * scale.length));
  };

  const percent = (timeMs: number): string => `${(scale.toX(timeMs) / Math.max(scale.length, 1)) * 100}%`;
  const errors = useMemo(() => history.observations.filter(isError).slice(0, MOST_MARKS), [history]);
  return (
    <div className="scrubber">
      <div className="scrubber-track">
        <div ref={done} className="scrubber-done" />
        {folded &&
          document.gaps
            .slice(0, MOST_MARKS)
            .map((gap) => (
              <div
                key={gap.startMs}
                className="scrubber-gap"
                title={`${formatDuration(gap.endMs - gap.startMs)} without activity`}
                style={{ left: percent(gap.startMs), right: `calc(100% - ${percent(gap.endMs)})` }}
              />
            ))}
        {document.turns.slice(0, MOST_MARKS).map((turn, position) => (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: two turns of a trace may start at once, and marks hold no state
            key={`${turn.traceId}/${position}`}
            className="scrubber-turn"
            data-first={position === 0}
            style={{ left: percent(turn.startMs) }}
          />
        ))}
        {errors.map((observation) => (
          <div
            key={`${observation.traceId}/${observation.id}`}
            className="scrubber-error"
            style={{ left: percent(observation.endMs ?? observation.startMs) }}
          />
        ))}
      </div>
      <div ref={thumb} className="scrubber-thumb" />
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
          seekTo(event);
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) seekTo(event);
        }}
      />
    </div>
  );
}
