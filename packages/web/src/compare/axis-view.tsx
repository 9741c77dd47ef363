import { roundTicks } from '../session/timeline/ruler.js';
import { formatDuration } from '../ui/format.js';
import type { AxisBar, axisOf } from './axis.js';

const SIDES = ['A', 'B'];
const MOST_PARTS = 5;

/** Both sides on one axis of time, with the place where they part. */
export function AxisView({
  axis: { bars, lengthMs },
  partings,
  isTurn,
}: {
  readonly axis: ReturnType<typeof axisOf>;
  /** On each side, the number of the turn where they part; null where it has none. */
  readonly partings: readonly (number | null)[];
  /** Whether single turns are compared: then the bars are their steps. */
  readonly isTurn: boolean;
}) {
  return (
    <figure className="compare-axis">
      <figcaption className="quiet">
        {isTurn
          ? 'Steps from the start of each turn'
          : 'Turns from the start of each side; time between turns is folded'}
      </figcaption>
      {bars.map((side, position) => (
        <Track
          key={SIDES[position]}
          name={SIDES[position] ?? ''}
          bars={side}
          parting={isTurn ? null : (partings[position] ?? null)}
        />
      ))}
      <div className="compare-ticks" aria-hidden="true">
        {roundTicks(lengthMs, MOST_PARTS).map(({ timeMs, label }) => (
          <span key={timeMs} style={{ left: `${(timeMs / lengthMs) * 100}%` }}>
            {label}
          </span>
        ))}
      </div>
      <p className="visually-hidden">The axis is {formatDuration(lengthMs)} long.</p>
    </figure>
  );
}

function Track({
  name,
  bars,
  parting,
}: {
  readonly name: string;
  readonly bars: readonly AxisBar[];
  readonly parting: number | null;
}) {
  const at = bars.find(({ number }) => number === parting);
  return (
    <div className="compare-track">
      <span className="compare-side small" aria-hidden="true">
        {name}
      </span>
      <div className="compare-bars">
        {bars.map(({ key, start, length, failed, label, number, type }) => (
          <span
            key={key}
            className="compare-bar"
            data-failed={failed || undefined}
            data-type={type}
            data-parted={(parting !== null && number >= parting) || undefined}
            style={{ left: `${start * 100}%`, width: `${length * 100}%` }}
            title={label}
          />
        ))}
        {at !== undefined && (
          <span className="compare-mark" style={{ left: `${at.start * 100}%` }} title="They part here" />
        )}
      </div>
    </div>
  );
}
