import type { ReplayObservation } from '@powerrag/protocol';
import { useCallback, useId, useMemo, useState } from 'react';
import { formatCost, plural } from '../../ui/format.js';
import { Icon } from '../../ui/icon.js';
import { Name } from '../../ui/shown-text.js';
import { TypeBadge, TypeDot } from '../../ui/type-badge.js';
import { lengthWords } from '../state/length-words.js';
import { isTold, usePhase } from '../state/phase.js';
import { useReplay, useReplayState, useSelect } from '../state/replay-context.js';
import type { ReplayState } from '../state/replay-store.js';
import { isError } from '../state/session-history.js';
import { countAtOrBelow } from '../state/sorted.js';
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
  // What a replay has not come to tells neither how much it is nor what.
  const begun = useBegun(item.steps);
  const rest = begun.length - NAMED_WHILE_FOLDED;
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
        <span className="steps-count">{begun.length === 0 ? '…' : plural(begun.length, 'step')}</span>
        {!open && (
          <span className="steps-names">
            {begun.slice(0, NAMED_WHILE_FOLDED).map((step) => (
              <StepName key={step.id} step={step} />
            ))}
            {rest > 0 && <span>+{rest}</span>}
          </span>
        )}
      </button>
      <ol id={id} hidden={!open}>
        {open && begun.map((step) => <Step key={step.id} step={step} />)}
      </ol>
    </div>
  );
}

/** The steps that had begun by the playhead; all where the session is read and not replayed. */
function useBegun(steps: readonly ReplayObservation[]): readonly ReplayObservation[] {
  const inOrder = useMemo(() => steps.toSorted((a, b) => a.startMs - b.startMs), [steps]);
  const starts = useMemo(() => Float64Array.from(inOrder, ({ startMs }) => startMs), [inOrder]);
  const count = useReplayState(
    useCallback(
      ({ replaying, playheadMs }: ReplayState) => (replaying ? countAtOrBelow(starts, playheadMs) : starts.length),
      [starts],
    ),
  );
  return useMemo(() => inOrder.slice(0, count), [inOrder, count]);
}

function StepName({ step }: { readonly step: ReplayObservation }) {
  const phase = usePhase(step);
  return (
    <span className="steps-name">
      <TypeDot type={step.type} failed={isError(step) && isTold(phase, step)} />
      <Name text={step.name} />
    </span>
  );
}

function Step({ step }: { readonly step: ReplayObservation }) {
  const select = useSelect();
  const { history } = useReplay();
  const selected = useSelectedOf(useMemo(() => [step], [step])) !== null;
  const phase = usePhase(step);
  const told = isTold(phase, step);
  return (
    <li>
      <button
        type="button"
        className="step"
        data-phase={phase}
        data-failed={(isError(step) && told) || undefined}
        aria-pressed={selected}
        onClick={() => select({ traceId: step.traceId, observationId: step.id })}
      >
        <TypeBadge type={step.type} />
        <Name className="step-name" text={step.name} />
        {step.model !== null && <Name className="quiet" text={step.model} />}
        {told && step.cost !== null && <span className="step-figure">{formatCost(step.cost)}</span>}
        <span className="step-figure">{told ? lengthWords(step, history) : 'running'}</span>
      </button>
    </li>
  );
}
