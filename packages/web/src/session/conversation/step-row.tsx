import type { ReplayObservation } from '@powerrag/protocol';
import { formatCompact, formatCost, formatOffset, plural } from '../../ui/format.js';
import { Icon } from '../../ui/icon.js';
import { Name } from '../../ui/shown-text.js';
import { TypeDot } from '../../ui/type-badge.js';
import { lengthWords } from '../state/length-words.js';
import { usePhase } from '../state/phase.js';
import { useReplay, useSelect } from '../state/replay-context.js';
import { isError } from '../state/session-history.js';
import type { Step } from '../work/steps.js';
import type { ConversationItem } from './items.js';
import { useSelectedOf } from './selected.js';
import { StepBody } from './step-body.js';
import './step-row.css';

const DEEPEST_INDENT = 6;

/** One step with its input and output; of a step that contains others also what they add up to. */
export function StepRow({
  item,
  onToggle,
}: {
  readonly item: Extract<ConversationItem, { kind: 'step' }>;
  readonly onToggle: (step: Step, isOpen: boolean) => void;
}) {
  const { step, level, isOpen } = item;
  const { observation, attempts, parallel, parallelEdge } = step;
  const selected = useSelectedOf(attempts);
  const phase = usePhase(observation);
  return (
    <div
      className="step-row"
      data-type={observation.type}
      data-phase={phase}
      data-failed={isError(observation) || undefined}
      data-selected={selected !== null || undefined}
      data-parallel={parallel > 1 || undefined}
      style={{ paddingInlineStart: Math.min(level, DEEPEST_INDENT) * 20 }}
    >
      {parallelEdge === 'first' && <p className="step-parallel">{parallel} at the same time</p>}
      <div className="step-card">
        <StepHead step={step} isOpen={isOpen} onToggle={onToggle} />
        {attempts.length > 1 && <Attempts attempts={attempts} selected={selected} />}
        {phase !== 'upcoming' && isOpen !== true && <StepBody observation={observation} />}
      </div>
    </div>
  );
}

function StepHead({
  step,
  isOpen,
  onToggle,
}: {
  readonly step: Step;
  readonly isOpen: boolean | null;
  readonly onToggle: (step: Step, isOpen: boolean) => void;
}) {
  const select = useSelect();
  const { history } = useReplay();
  const { observation, sum } = step;
  const { type, name, model, startMs } = observation;
  return (
    <div className="step-head">
      {isOpen === null ? (
        <span className="step-leaf" />
      ) : (
        <button
          type="button"
          className="step-toggle"
          aria-expanded={isOpen}
          title={isOpen ? 'Fold the steps inside' : 'Show the steps inside'}
          onClick={() => onToggle(step, !isOpen)}
        >
          <Icon name="chevron" size={12} />
          <span className="visually-hidden">Steps inside</span>
        </button>
      )}
      <TypeDot type={type} failed={isError(observation)} />
      <button
        type="button"
        className="step-title"
        onClick={() => select({ traceId: observation.traceId, observationId: observation.id })}
        title="Show this observation"
      >
        <Name className="step-title-name" text={name} />
        <span className="visually-hidden">, {type}</span>
        {model !== null && model !== name && <Name className="step-model" text={model} most={60} />}
      </button>
      <span className="step-figures">
        {isOpen !== null && <span>{plural(sum.steps, 'step')}</span>}
        {isOpen !== null && sum.errors > 0 && <span className="turn-errors">{plural(sum.errors, 'error')}</span>}
        {sum.tokens > 0 && <span title="Tokens">{formatCompact(sum.tokens)} tok</span>}
        {sum.cost !== null && sum.cost > 0 && <span>{formatCost(sum.cost)}</span>}
        <span>{lengthWords(observation, history)}</span>
        <span className="step-at">{formatOffset(startMs)}</span>
      </span>
    </div>
  );
}

/** The attempts at one call, each with its outcome. */
function Attempts({
  attempts,
  selected,
}: {
  readonly attempts: readonly ReplayObservation[];
  readonly selected: string | null;
}) {
  const select = useSelect();
  const { history } = useReplay();
  return (
    <ol className="step-attempts" aria-label="Attempts">
      {attempts.map((attempt, n) => (
        <li key={attempt.id}>
          <button
            type="button"
            aria-pressed={selected === attempt.id}
            data-failed={isError(attempt) || undefined}
            onClick={() => select({ traceId: attempt.traceId, observationId: attempt.id })}
          >
            <Icon name={isError(attempt) ? 'close' : 'check'} size={10} />
            {n + 1}
            <span className="visually-hidden">{isError(attempt) ? 'failed' : 'worked'}</span>
            <span className="quiet">{lengthWords(attempt, history)}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}
