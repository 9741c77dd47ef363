import { useState } from 'react';
import { formatCost, formatCount, plural } from '../ui/format.js';
import { Name } from '../ui/shown-text.js';
import { TypeDot } from '../ui/type-badge.js';
import type { Pair } from './align.js';
import type { ComparedStep } from './side.js';
import { isSame, stepRuns } from './step-runs.js';
import './step-list.css';

/** Runs that are laid out before somebody asks for more. */
const MOST_RUNS = 200;

/** What two turns did, step beside step; where many in a row are the same, or on one side only, they are one line. */
export function StepList({
  steps,
  isOpen,
}: {
  readonly steps: readonly Pair<ComparedStep>[];
  readonly isOpen: boolean;
}) {
  const [isShown, setShown] = useState(isOpen);
  const [most, setMost] = useState(MOST_RUNS);
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set());
  const runs = isShown ? stepRuns(steps) : [];
  return (
    <details className="compare-steps" open={isShown} onToggle={({ currentTarget }) => setShown(currentTarget.open)}>
      <summary>{plural(steps.length, 'step')}</summary>
      <ol>
        {runs.slice(0, most).map(({ start, count, folds, says }) =>
          folds && !unfolded.has(start) ? (
            <li key={start} className="compare-run">
              <button
                type="button"
                className="text-button"
                onClick={() => setUnfolded((shown) => new Set(shown).add(start))}
              >
                {says}
              </button>
            </li>
          ) : (
            steps.slice(start, start + count).map((step, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: steps of one comparison never move
              <li key={start + n} data-same={isSame(step) || undefined}>
                <StepCell step={step[0]} />
                <StepCell step={step[1]} />
              </li>
            ))
          ),
        )}
      </ol>
      {runs.length > most && (
        <button type="button" className="text-button" onClick={() => setMost(most + MOST_RUNS)}>
          Show more of {formatCount(steps.length)} steps
        </button>
      )}
    </details>
  );
}

function StepCell({ step }: { readonly step: ComparedStep | null }) {
  if (step === null) return <span className="compare-none">–</span>;
  const { type, name, level, cost, length } = step;
  return (
    <span className="compare-step" data-failed={level === 'ERROR' || undefined}>
      <TypeDot type={type} />
      <Name text={name} most={80} titled />
      <span className="quiet">
        {level === 'ERROR' && 'failed · '}
        {cost !== null && `${formatCost(cost)} · `}
        {length}
      </span>
    </span>
  );
}
