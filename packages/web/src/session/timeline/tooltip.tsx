import type { ReplayObservation } from '@powerrag/protocol';
import { formatCost, formatDuration, formatOffset, formatTokens } from '../../ui/format.js';
import { Name } from '../../ui/shown-text.js';
import { TypeBadge } from '../../ui/type-badge.js';

export interface Hover {
  readonly observation: ReplayObservation;
  /** In the window, CSS pixels. */
  readonly x: number;
  readonly y: number;
}

const WIDTH = 280;

/** What the pointer is over. The same is in the trace tree for those who use no pointer. */
export function Tooltip({ hover: { observation, x, y } }: { readonly hover: Hover }) {
  const { name, type, startMs, endMs, usage, cost, statusMessage } = observation;
  return (
    <div
      className="timeline-tooltip"
      aria-hidden="true"
      style={{
        left: Math.max(8, Math.min(x + 12, window.innerWidth - WIDTH - 8)),
        bottom: window.innerHeight - y + 12,
      }}
    >
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
    </div>
  );
}
