import { memo, type RefObject, useMemo } from 'react';
import { useReplay } from '../state/replay-context.js';
import { isError } from '../state/session-history.js';
import type { TimeScale } from '../state/time-scale.js';
import { linesPath, stretchesPath } from './marks.js';

/** Turns nearer to one another than so many thousandths of the bar share a mark: many more would cover it. */
const TURNS_APART = 6;
/** The bar is this wide and 1 high for its paths, whatever it measures. */
const VIEW_BOX = '0 0 1000 1';

/**
 * What stands on the bar: folded gaps, turns, failures. There may be a thousand of each, so each kind is one path: the browser looks
 * at every element of the bar in every frame that moves the playhead.
 */
export const ScrubberMarks = memo(function ScrubberMarks({
  scale,
  folded,
  failures,
}: {
  readonly scale: TimeScale;
  readonly folded: boolean;
  /** The element that holds the failures, which a replay shows only up to the playhead. */
  readonly failures: RefObject<SVGSVGElement | null>;
}) {
  const { history } = useReplay();
  const { turns, gaps } = history.document;
  const paths = useMemo(() => {
    const failed = history.observations.filter(isError).map((o) => o.endMs ?? o.startMs);
    // The first turn begins where the bar does.
    const begun = turns.slice(1).map((turn) => turn.startMs);
    return {
      gaps: stretchesPath(gaps, scale),
      turns: linesPath(begun, scale, TURNS_APART),
      failures: linesPath(failed, scale),
    };
  }, [history, turns, gaps, scale]);
  return (
    <>
      <svg className="scrubber-marks" viewBox={VIEW_BOX} preserveAspectRatio="none" aria-hidden="true">
        {folded && <path className="scrubber-gaps" d={paths.gaps} />}
        <path className="scrubber-turns" d={paths.turns} />
      </svg>
      <svg ref={failures} className="scrubber-marks" viewBox={VIEW_BOX} preserveAspectRatio="none" aria-hidden="true">
        <path className="scrubber-failures-edge" d={paths.failures} />
        <path className="scrubber-failures" d={paths.failures} />
      </svg>
    </>
  );
});
