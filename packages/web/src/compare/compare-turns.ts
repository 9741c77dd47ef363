import type { ReplayObservation } from '@powerrag/protocol';
import { align, type Pair, partingOf } from './align.js';
import type { ComparedTurn } from './side.js';

/** What can be another in two turns that stand side by side. */
export type Difference = 'question' | 'answer' | 'steps' | 'missing';

export interface ComparedRow {
  readonly pair: Pair<ComparedTurn>;
  /** In the order of the type; empty where both turns went the same way. */
  readonly differences: readonly Difference[];
  /** Where the answers part; null where they do not, or one is missing. */
  readonly answerPartsAt: number | null;
  readonly steps: readonly Pair<ReplayObservation>[];
}

export interface Comparison {
  readonly rows: readonly ComparedRow[];
  /** Index of the first row in which the two differ; -1 if they never do. */
  readonly partsAt: number;
}

/** Two sequences of turns, aligned by what was asked; two single turns stand side by side, whatever was asked. */
export function compareTurns(a: readonly ComparedTurn[], b: readonly ComparedTurn[]): Comparison {
  const [one, other] = [a[0], b[0]];
  const isOneEach = a.length === 1 && b.length === 1 && one !== undefined && other !== undefined;
  const pairs: Pair<ComparedTurn>[] = isOneEach ? [[one, other]] : align(a, b, ({ question }) => asOneLine(question));
  const rows = pairs.map(compareRow);
  return { rows, partsAt: rows.findIndex(({ differences }) => differences.length > 0) };
}

function compareRow(pair: Pair<ComparedTurn>): ComparedRow {
  const [a, b] = pair;
  const steps = align(a?.steps ?? [], b?.steps ?? [], stepKey);
  if (a === null || b === null) return { pair, differences: ['missing'], answerPartsAt: null, steps };
  const answerPartsAt = partingOf(a.answer, b.answer);
  const differences: Difference[] = [];
  if (asOneLine(a.question) !== asOneLine(b.question)) differences.push('question');
  if (answerPartsAt !== null) differences.push('answer');
  if (steps.some(([left, right]) => left === null || right === null || stepKey(left) !== stepKey(right))) {
    differences.push('steps');
  }
  return { pair, differences, answerPartsAt, steps };
}

/** Two steps are the same where they are of one kind and name and came to the same end. */
function stepKey({ type, name, level }: ReplayObservation): string {
  return `${type}\0${name}\0${level === 'ERROR'}`;
}

function asOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().toLowerCase();
}
