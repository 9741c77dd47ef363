import { formatDuration } from '../../ui/format.js';
import { WORK_NAMES } from './kind.js';
import { kindsSpent, type TurnTime } from './turn-time.js';
import './time-bar.css';

/** The time of a turn as one bar that adds up. Its parts have names and figures beside it where `legend` is set, else in words. */
export function TimeBar({ time, legend = false }: { readonly time: TurnTime; readonly legend?: boolean }) {
  const kinds = kindsSpent(time);
  const whole = kinds.reduce((sum, kind) => sum + time[kind], 0);
  if (whole === 0) return null;
  const told = kinds.map((kind) => `${WORK_NAMES[kind]} ${formatDuration(time[kind])}`);
  return (
    <div className="time-bar-row">
      <div
        className="time-bar"
        role="img"
        aria-label={`Where the time went: ${told.join(', ')}`}
        title={told.join('\n')}
      >
        {kinds.map((kind) => (
          <span key={kind} data-work={kind} style={{ flexGrow: time[kind] / whole }} />
        ))}
      </div>
      {legend && (
        <ul className="time-legend" aria-hidden="true">
          {kinds.map((kind) => (
            <li key={kind}>
              <span className="time-key" data-work={kind} />
              {WORK_NAMES[kind]} {formatDuration(time[kind])}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
