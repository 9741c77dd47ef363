import type { ReplayMessage, ReplayObservation } from '@powerrag/protocol';
import { align, commonLength, type Pair, partingOf } from './align.js';
import type { ComparedStep, ComparedTurn, Said } from './side.js';

/** What can be another in two turns that stand side by side. */
export type Difference = 'question' | 'answer' | 'steps' | 'missing';

export interface ComparedRow {
  readonly pair: Pair<ComparedTurn>;
  /** In the order of the type; empty where both turns went the same way. */
  readonly differences: readonly Difference[];
  /** Where the answers to the same question part; null where they do not, or one is missing. */
  readonly answerPartsAt: number | null;
  readonly steps: readonly Pair<ComparedStep>[];
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
  const pairs: Pair<ComparedTurn>[] = isOneEach
    ? [[one, other]]
    : align(a, b, ({ question }) => asOneLine(question.text));
  const rows = pairs.map(compareRow);
  return { rows, partsAt: rows.findIndex(({ differences }) => differences.length > 0) };
}

function compareRow(pair: Pair<ComparedTurn>): ComparedRow {
  const [a, b] = pair;
  const steps = align(a?.steps ?? [], b?.steps ?? [], stepKey);
  if (a === null || b === null) return { pair, differences: ['missing'], answerPartsAt: null, steps };
  const answerPartsAt = partingOf(a.answer.text, b.answer.text);
  const differences: Difference[] = [];
  const isSameQuestion = asOneLine(a.question.text) === asOneLine(b.question.text);
  if (!isSameQuestion) differences.push('question');
  if (answerPartsAt !== null) differences.push('answer');
  if (steps.some(([left, right]) => left === null || right === null || stepKey(left) !== stepKey(right))) {
    differences.push('steps');
  }
  return { pair, differences, answerPartsAt: isSameQuestion ? answerPartsAt : null, steps };
}

/** A message of which only the beginning is here, and the trace that it is of. */
export interface CutMessage {
  readonly traceId: string;
  readonly message: ReplayMessage;
}

/** The messages that must be read whole to say whether two turns went the same way, and where they part: as far as they are known they are the same. */
export function undecidedMessages({ rows }: Comparison): CutMessage[] {
  return rows.flatMap(({ pair: [a, b] }) => {
    if (a === null || b === null) return [];
    const isOpen = (role: 'question' | 'answer') => isUndecided(a[role], b[role]);
    return [a, b].flatMap(({ turn, question, answer }) =>
      [...(isOpen('question') ? question.cut : []), ...(isOpen('answer') ? answer.cut : [])].map((message) => ({
        traceId: turn.traceId,
        message,
      })),
    );
  });
}

function isUndecided(a: Said, b: Said): boolean {
  return commonLength(a.text, b.text) >= Math.min(a.knownTo, b.knownTo);
}

/** Two steps are the same where they are of one kind and name and came to the same end. */
function stepKey({ type, name, level }: ReplayObservation): string {
  return `${type}\0${name}\0${level === 'ERROR'}`;
}

function asOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().toLowerCase();
}
