import type { ReplayObservation } from '@powerrag/protocol';
import { useId, useMemo, useState } from 'react';
import { formatCost, plural } from '../../ui/format.js';
import { Icon } from '../../ui/icon.js';
import { Name } from '../../ui/shown-text.js';
import { TypeBadge, TypeDot } from '../../ui/type-badge.js';
import { lengthWords } from '../state/length-words.js';
import { usePhase } from '../state/phase.js';
import { useReplay, useSelect } from '../state/replay-context.js';
import { isError } from '../state/session-history.js';
import type { ConversationItem } from './items.js';
import { useSelectedOf } from './selected.js';
import './steps.css';

const NAMED_WHILE_FOLDED = 3;

/** What ran between question and answer: a line while folded, a list when asked for. */
export function StepsRow({
  item,
  reached,
}: {
  readonly item: Extract<ConversationItem, { kind: 'steps' }>;
  readonly reached: boolean;
}) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const rest = item.steps.length - NAMED_WHILE_FOLDED;
  return (
    <div className="steps" data-reached={reached}>
      <button
        type="button"
        className="steps-summary"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <Icon name="chevron" size={12} />
        <span className="steps-count">{plural(item.steps.length, 'step')}</span>
        {!open && (
          <span className="steps-names">
            {item.steps.slice(0, NAMED_WHILE_FOLDED).map((step) => (
              <span key={step.id} className="steps-name">
                <TypeDot type={step.type} failed={isError(step)} />
                <Name text={step.name} />
              </span>
            ))}
            {rest > 0 && <span>+{rest}</span>}
          </span>
        )}
      </button>
      <ol id={id} hidden={!open}>
        {open && item.steps.map((step) => <Step key={step.id} step={step} />)}
      </ol>
    </div>
  );
}

function Step({ step }: { readonly step: ReplayObservation }) {
  const select = useSelect();
  const { history } = useReplay();
  const selected = useSelectedOf(useMemo(() => [step], [step])) !== null;
  const phase = usePhase(step);
  return (
    <li>
      <button
        type="button"
        className="step"
        data-phase={phase}
        data-failed={isError(step) || undefined}
        aria-pressed={selected}
        onClick={() => select({ traceId: step.traceId, observationId: step.id })}
      >
        <TypeBadge type={step.type} />
        <Name className="step-name" text={step.name} />
        {step.model !== null && <Name className="quiet" text={step.model} />}
        {step.cost !== null && <span className="step-figure">{formatCost(step.cost)}</span>}
        <span className="step-figure">{lengthWords(step, history)}</span>
      </button>
    </li>
  );
}
