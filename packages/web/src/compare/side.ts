import type { MessageRole, ReplayDocument, ReplayObservation, ReplayTurn } from '@powerrag/protocol';
import { SessionHistory } from '../session/state/session-history.js';
import { turnWorks } from '../session/work/turn-work.js';

/** A turn as it is compared with another. */
export interface ComparedTurn {
  /** From 1. */
  readonly number: number;
  readonly turn: ReplayTurn;
  readonly question: string;
  readonly answer: string;
  /** What it did: model calls, tools, searches and checks, in order of start. */
  readonly steps: readonly ReplayObservation[];
}

/** What the figures of one side add up to. */
export interface SideFigures {
  readonly turnCount: number;
  readonly stepCount: number;
  readonly errorCount: number;
  /** Of its turns: the time between them is not counted. */
  readonly workMs: number;
  readonly totalTokens: number;
  readonly totalCost: number | null;
}

/** Observations that do something themselves; the others only hold them. */
const DOING: ReadonlySet<string> = new Set(['generation', 'tool', 'retriever', 'embedding', 'evaluator', 'guardrail']);

/** All turns of a session, or the one with a number. */
export function comparedTurns(document: ReplayDocument, number: number | null): ComparedTurn[] {
  const works = turnWorks(new SessionHistory(document));
  const all = works.map(({ turn, position, observations }) => ({
    ...{ number: position + 1, turn },
    question: textOf(turn, 'user'),
    answer: textOf(turn, 'assistant'),
    steps: observations.filter(({ type }) => DOING.has(type)),
  }));
  return number === null ? all : all.filter((each) => each.number === number);
}

export function figuresOf(turns: readonly ComparedTurn[]): SideFigures {
  const costs = turns.flatMap(({ turn }) => turn.totalCost ?? []);
  const sum = (of: (compared: ComparedTurn) => number) => turns.reduce((total, each) => total + of(each), 0);
  return {
    turnCount: turns.length,
    stepCount: sum(({ steps }) => steps.length),
    errorCount: sum(({ turn }) => turn.errors.length),
    workMs: sum(({ turn }) => turn.endMs - turn.startMs),
    totalTokens: sum(({ turn }) => turn.totalTokens),
    totalCost: costs.length === 0 ? null : costs.reduce((total, cost) => total + cost, 0),
  };
}

/** What was said in a role, each message on lines of its own. */
function textOf({ messages }: ReplayTurn, role: MessageRole): string {
  return messages
    .filter((message) => message.role === role)
    .flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])))
    .join('\n\n')
    .trim();
}
