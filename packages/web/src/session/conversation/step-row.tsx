import type { ReplayObservation } from '@powerrag/protocol';
import { useMemo } from 'react';
import { formatCompact, formatCost, plural } from '../../ui/format.js';
import { Icon } from '../../ui/icon.js';
import { Name } from '../../ui/shown-text.js';
import { TypeDot } from '../../ui/type-badge.js';
import { lengthWords } from '../state/length-words.js';
import { isTold, type Phase, usePhase } from '../state/phase.js';
import { useReplay, useSelect } from '../state/replay-context.js';
import { isError } from '../state/session-history.js';
import { useOffset } from '../state/use-offset.js';
import type { Step } from '../work/steps.js';
import type { ConversationItem } from './items.js';
import { useSelectedOf } from './selected.js';
import { StepBody } from './step-body.js';
import './step-row.css';

const DEEPEST_INDENT = 6;

/** One step with its input and output; of a step that contains others also what they add up to. */
export function StepRow({
  item,
  current,
  onToggle,
}: {
  readonly item: Extract<ConversationItem, { kind: 'step' }>;
  /** Whether the playhead has come to it, and to none after it. */
  readonly current: boolean;
  readonly onToggle: (step: Step, isOpen: boolean) => void;
}) {
  const { step, level, isOpen } = item;
  const { observation, attempts, parallel, parallelEdge } = step;
  const selected = useSelectedOf(attempts);
  const span = useMemo(
    () => ({ startMs: attempts[0]?.startMs ?? 0, endMs: observation.endMs }),
    [attempts, observation],
  );
  const phase = usePhase(span);
  const told = isTold(phase, observation);
  return (
    <div
      className="step-row"
      data-type={observation.type}
      data-phase={phase}
      data-failed={(told && isError(observation)) || undefined}
      data-selected={selected !== null || undefined}
      aria-current={current || undefined}
      data-parallel={parallel > 1 || undefined}
      style={{ paddingInlineStart: Math.min(level, DEEPEST_INDENT) * 20 }}
    >
      {parallelEdge === 'first' && <p className="step-parallel">{parallel} at the same time</p>}
      <div className="step-card">
        <StepHead step={step} phase={phase} isOpen={isOpen} onToggle={onToggle} />
        {phase !== 'upcoming' && attempts.length > 1 && <Attempts attempts={attempts} selected={selected} />}
        {phase !== 'upcoming' && isOpen !== true && <StepBody observation={observation} phase={phase} />}
      </div>
    </div>
  );
}

function StepHead({
  step,
  phase,
  isOpen,
  onToggle,
}: {
  readonly step: Step;
  /** What a replay has not come to has neither name nor figures; what runs has no figures. */
  readonly phase: Phase;
  readonly isOpen: boolean | null;
  readonly onToggle: (step: Step, isOpen: boolean) => void;
}) {
  const select = useSelect();
  const { history } = useReplay();
  const offset = useOffset();
  const { observation, sum } = step;
  const { type, name, model, startMs } = observation;
  const told = isTold(phase, observation);
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
      <TypeDot type={type} failed={told && isError(observation)} />
      <button
        type="button"
        className="step-title"
        onClick={() => select({ traceId: observation.traceId, observationId: observation.id })}
        title="Show this observation"
      >
        <Name className="step-title-name" text={phase === 'upcoming' ? '…' : name} />
        <span className="visually-hidden">, {phase === 'upcoming' ? 'not yet' : type}</span>
        {phase !== 'upcoming' && model !== null && model !== name && (
          <Name className="step-model" text={model} most={60} />
        )}
      </button>
      <span className="step-figures">
        {told && (
          <>
            {isOpen !== null && <span>{plural(sum.steps, 'step')}</span>}
            {isOpen !== null && sum.errors > 0 && <span className="turn-errors">{plural(sum.errors, 'error')}</span>}
            {sum.tokens > 0 && <span title="Tokens">{formatCompact(sum.tokens)} tok</span>}
            {sum.cost !== null && sum.cost > 0 && <span>{formatCost(sum.cost)}</span>}
            <span>{lengthWords(observation, history)}</span>
          </>
        )}
        {phase === 'running' && !told && <span className="step-running">running</span>}
        <span className="step-at">{offset(startMs)}</span>
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
  return (
    <ol className="step-attempts" aria-label="Attempts">
      {attempts.map((attempt, n) => (
        <Attempt key={attempt.id} attempt={attempt} number={n + 1} isSelected={selected === attempt.id} />
      ))}
    </ol>
  );
}

/** Nothing as long as a replay has not come to it. */
function Attempt({
  attempt,
  number,
  isSelected,
}: {
  readonly attempt: ReplayObservation;
  readonly number: number;
  readonly isSelected: boolean;
}) {
  const select = useSelect();
  const { history } = useReplay();
  const phase = usePhase(attempt);
  const told = isTold(phase, attempt);
  const failed = isError(attempt);
  if (phase === 'upcoming') return null;
  return (
    <li>
      <button
        type="button"
        aria-pressed={isSelected}
        data-failed={(told && failed) || undefined}
        onClick={() => select({ traceId: attempt.traceId, observationId: attempt.id })}
      >
        {told && <Icon name={failed ? 'close' : 'check'} size={10} />}
        {number}
        {told && <span className="visually-hidden">{failed ? 'failed' : 'worked'}</span>}
        <span className="quiet">{told ? lengthWords(attempt, history) : 'running'}</span>
      </button>
    </li>
  );
}
