import { plural } from '../ui/format.js';
import type { Pair } from './align.js';
import type { ComparedStep } from './side.js';

/** Steps in a row that are alike in this: the same on both sides, on one side only, or different. */
export interface StepRun {
  /** Position of its first step. */
  readonly start: number;
  readonly count: number;
  /** Whether it is shown as one line at first: what is the same or alone says little in more. */
  readonly folds: boolean;
  /** What the one line says. */
  readonly says: string;
}

type Kind = 'same' | 'onlyA' | 'onlyB' | 'different';

/** Shorter runs are shown step by step. */
const FOLDS_FROM = 8;
const SAYS: Readonly<Record<Kind, string>> = {
  same: 'the same on both sides',
  onlyA: 'on side A only',
  onlyB: 'on side B only',
  different: 'different',
};

export function stepRuns(steps: readonly Pair<ComparedStep>[]): StepRun[] {
  const starts = steps.flatMap((step, n) => (n === 0 || kindOf(step) !== kindOf(steps[n - 1]) ? [n] : []));
  return starts.map((start, n) => {
    const count = (starts[n + 1] ?? steps.length) - start;
    const kind = kindOf(steps[start]);
    return {
      ...{ start, count },
      folds: kind !== 'different' && count >= FOLDS_FROM,
      says: `${plural(count, 'step')} ${SAYS[kind]}`,
    };
  });
}

/** Whether both sides have the step, and it came to the same end. */
export function isSame([a, b]: Pair<ComparedStep>): boolean {
  return a !== null && b !== null && a.type === b.type && a.name === b.name && a.level === b.level;
}

function kindOf(step: Pair<ComparedStep> | undefined): Kind {
  if (step === undefined) return 'different';
  if (step[1] === null) return 'onlyA';
  if (step[0] === null) return 'onlyB';
  return isSame(step) ? 'same' : 'different';
}
