import type { ReplayGap, ReplayObservation } from '@powerrag/protocol';
import { formatCost, formatDuration, formatOffset, formatTokens } from '../../ui/format.js';
import { Name } from '../../ui/shown-text.js';
import { TypeBadge } from '../../ui/type-badge.js';

/** What the pointer is over: a bar, or a folded gap where there is no bar. */
export interface Hover {
  readonly observation: ReplayObservation | undefined;
  readonly gap: ReplayGap | undefined;
  /** In the window, CSS pixels. */
  readonly x: number;
  readonly y: number;
}

const WIDTH = 280;

/** Says what the pointer is over. The same is in the trace tree for those who use no pointer. */
export function Tooltip({ hover: { observation, gap, x, y } }: { readonly hover: Hover }) {
  return (
    <div
      className="timeline-tooltip"
      aria-hidden="true"
      style={{
        left: Math.max(8, Math.min(x + 12, window.innerWidth - WIDTH - 8)),
        bottom: window.innerHeight - y + 12,
      }}
    >
      {observation && <About observation={observation} />}
      {gap && `${formatDuration(gap.endMs - gap.startMs)} without activity`}
    </div>
  );
}

function About({ observation }: { readonly observation: ReplayObservation }) {
  const { name, type, startMs, endMs, usage, cost, statusMessage } = observation;
  return (
    <>
      <div className="timeline-tooltip-head">
        <TypeBadge type={type} />
        <strong>
          <Name text={name} />
        </strong>
      </div>
      <div>
        {formatOffset(startMs)} · {endMs === null ? 'running' : formatDuration(endMs - startMs)}
        {usage !== null && ` · ${formatTokens(usage.total)}`}
        {cost !== null && ` · ${formatCost(cost)}`}
      </div>
      {statusMessage !== null && (
        <div className="timeline-tooltip-status">
          <Name text={statusMessage} />
        </div>
      )}
    </>
  );
}
