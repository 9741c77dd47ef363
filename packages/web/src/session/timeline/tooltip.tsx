import type { ReplayGap, ReplayObservation } from '@powerrag/protocol';
import { formatCost, formatDuration, formatOffset, formatTokens, plural } from '../../ui/format.js';
import { Name } from '../../ui/shown-text.js';
import { TypeBadge } from '../../ui/type-badge.js';
import { lengthWords } from '../state/length-words.js';
import { useReplay, useReplayState } from '../state/replay-context.js';
import type { ReplayState } from '../state/replay-store.js';
import { selfTime } from '../state/self-time.js';
import type { Bar } from './bars.js';

/** What the pointer is over: a bar, or a folded gap where there is no bar. */
export interface Hover {
  readonly bar: Bar | undefined;
  readonly gap: ReplayGap | undefined;
  /** In the window, CSS pixels. */
  readonly x: number;
  readonly y: number;
}

const WIDTH = 280;

/** Says what the pointer is over. The same is in the trace tree for those who use no pointer. */
export function Tooltip({ hover: { bar, gap, x, y } }: { readonly hover: Hover }) {
  return (
    <div
      className="timeline-tooltip"
      aria-hidden="true"
      style={{
        left: Math.max(8, Math.min(x + 12, window.innerWidth - WIDTH - 8)),
        bottom: window.innerHeight - y + 12,
      }}
    >
      {bar && <About bar={bar} />}
      {gap && `${formatDuration(gap.endMs - gap.startMs)} without activity`}
    </div>
  );
}

function About({ bar: { observation, count } }: { readonly bar: Bar }) {
  const { history } = useReplay();
  const state = useReplayState(isUpcoming(observation));
  if (state) return <>{formatOffset(observation.startMs)} · not yet</>;
  const selfMs = selfTime(history, observation);
  const { name, type, startMs, usage, cost, statusMessage, statusReason = statusMessage } = observation;
  return (
    <>
      <div className="timeline-tooltip-head">
        <TypeBadge type={type} />
        <strong>
          <Name text={name} />
        </strong>
      </div>
      <div>
        {formatOffset(startMs)} · {lengthWords(observation, history)}
        {selfMs !== null && ` (${formatDuration(selfMs)} of its own)`}
        {usage !== null && ` · ${formatTokens(usage.total)}`}
        {cost !== null && ` · ${formatCost(cost)}`}
      </div>
      {statusReason !== null && (
        <div className="timeline-tooltip-status">
          <Name text={statusReason} />
        </div>
      )}
      {count > 1 && <div>and {plural(count - 1, 'other')} here: zoom in to tell them apart</div>}
    </>
  );
}

function isUpcoming({ startMs }: ReplayObservation): (state: ReplayState) => boolean {
  return ({ replaying, playheadMs }) => replaying && playheadMs < startMs;
}
