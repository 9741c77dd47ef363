import { formatOffset, plural } from '../../ui/format.js';
import { Icon } from '../../ui/icon.js';
import { Name } from '../../ui/shown-text.js';
import { useSelect } from '../state/replay-context.js';
import { shortReason } from './error-reason.js';
import type { ConversationItem } from './items.js';
import { useSelectedOf } from './selected.js';
import './steps.css';

/** A failure where it happened, with its reason; of several in a row each by its time. */
export function ErrorRow({
  item,
  reached,
}: {
  readonly item: Extract<ConversationItem, { kind: 'error' }>;
  readonly reached: boolean;
}) {
  const select = useSelect();
  const { observations } = item;
  const selected = useSelectedOf(observations);
  const [first] = observations;
  if (first === undefined || !reached) return null;
  const reasons = new Set(observations.map(({ statusMessage, statusReason = statusMessage }) => statusReason));
  const [reason] = reasons;
  const times = observations.length === 1 ? 'failed' : `failed ${plural(observations.length, 'time')}`;
  return (
    <div className="error-row">
      <Icon name="alert" size={15} />
      <div className="error-text">
        <strong>
          {first.type} <Name text={first.name} /> {times}
        </strong>
        {reason && (
          <span className="error-reason">
            <Name text={shortReason(reason)} most={300} />
            {reasons.size > 1 && ' …'}
          </span>
        )}
        <span className="error-times">
          {observations.map((observation) => (
            <button
              key={observation.id}
              type="button"
              aria-pressed={selected === observation.id}
              onClick={() => select({ traceId: observation.traceId, observationId: observation.id })}
              title="Show this observation"
            >
              {formatOffset(observation.startMs)}
            </button>
          ))}
        </span>
      </div>
    </div>
  );
}
