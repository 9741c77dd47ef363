import { Icon } from '../../ui/icon.js';
import { Name } from '../../ui/shown-text.js';
import { useReplay } from '../state/replay-context.js';
import type { ConversationItem } from './items.js';
import './steps.css';

/** A failure where it happened, with its reason. */
export function ErrorRow({
  item,
  reached,
}: {
  readonly item: Extract<ConversationItem, { kind: 'error' }>;
  readonly reached: boolean;
}) {
  const { store } = useReplay();
  const { observation } = item;
  return (
    <div className="error-row" data-reached={reached}>
      <button
        type="button"
        onClick={() => store.select({ traceId: observation.traceId, observationId: observation.id })}
        title="Show this observation"
      >
        <Icon name="alert" size={15} />
        <span className="error-text">
          <strong>
            {observation.type} <Name text={observation.name} /> failed
          </strong>
          {observation.statusMessage !== null && (
            <Name className="error-reason" text={observation.statusMessage} most={1_500} />
          )}
        </span>
      </button>
    </div>
  );
}
