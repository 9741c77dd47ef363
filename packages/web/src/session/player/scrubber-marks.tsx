import { memo, type RefObject, useMemo } from 'react';
import { formatDuration } from '../../ui/format.js';
import { useReplay } from '../state/replay-context.js';
import { isError } from '../state/session-history.js';
import type { TimeScale } from '../state/time-scale.js';
import { markPlaces } from './marks.js';

/** What stands on the bar: folded gaps, turns, failures. There may be hundreds of each, so a moving pointer must not draw them again. */
export const ScrubberMarks = memo(function ScrubberMarks({
  scale,
  folded,
  failures,
}: {
  readonly scale: TimeScale;
  readonly folded: boolean;
  /** The element that holds the failures, which a replay shows only up to the playhead. */
  readonly failures: RefObject<HTMLDivElement | null>;
}) {
  const { history } = useReplay();
  const { document } = history;
  const percent = (timeMs: number): string => `${(scale.toX(timeMs) / Math.max(scale.length, 1)) * 100}%`;
  const turns = useMemo(
    () =>
      markPlaces(
        document.turns.map((turn) => turn.startMs),
        scale,
      ),
    [document, scale],
  );
  const errors = useMemo(
    () =>
      markPlaces(
        history.observations.filter(isError).map((o) => o.endMs ?? o.startMs),
        scale,
      ),
    [history, scale],
  );
  const gaps = useMemo(() => {
    const starts = new Set<number>();
    return document.gaps.filter(({ startMs }) => {
      const [place = 0] = markPlaces([startMs], scale);
      return !starts.has(place) && starts.add(place);
    });
  }, [document, scale]);
  return (
    <>
      {folded &&
        gaps.map((gap) => (
          <div
            key={gap.startMs}
            className="scrubber-gap"
            title={`${formatDuration(gap.endMs - gap.startMs)} without activity`}
            style={{ left: percent(gap.startMs), right: `calc(100% - ${percent(gap.endMs)})` }}
          />
        ))}
      {turns.map((place, position) => (
        <div key={place} className="scrubber-turn" data-first={position === 0} style={{ left: `${place * 100}%` }} />
      ))}
      <div ref={failures} className="scrubber-failures">
        {errors.map((place) => (
          <div key={place} className="scrubber-error" style={{ left: `${place * 100}%` }} />
        ))}
      </div>
    </>
  );
});
