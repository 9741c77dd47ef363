import type {
  Message,
  MessageRole,
  ReplayDocument,
  ReplayMessage,
  ReplayObservation,
  ReplayTurn,
} from '@powerrag/protocol';
import { endAbandoned } from '../session/state/abandoned.js';
import { lengthWords } from '../session/state/length-words.js';
import { SessionHistory } from '../session/state/session-history.js';
import { turnWorks } from '../session/work/turn-work.js';

/** A turn as it is compared with another. */
export interface ComparedTurn {
  /** From 1. */
  readonly number: number;
  readonly turn: ReplayTurn;
  readonly question: Said;
  readonly answer: Said;
  /** What it did: model calls, tools, searches and checks, in order of start. */
  readonly steps: readonly ComparedStep[];
}

/** What was said in a role, each message on lines of its own. */
export interface Said {
  readonly text: string;
  /** Characters from the start that are known to be right: all, unless a message is here only in part. */
  readonly knownTo: number;
  /** The messages of which only the beginning is here. */
  readonly cut: readonly ReplayMessage[];
}

/** A step, and in words how long it took. */
export interface ComparedStep extends ReplayObservation {
  readonly length: string;
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

/** All of a message whose beginning is in the document; undefined while only that is known. */
export type WholeOf = (message: ReplayMessage) => Message | undefined;

const NOTHING_MORE: WholeOf = () => undefined;

/** Observations that do something themselves; the others only hold them. */
const DOING: ReadonlySet<string> = new Set(['generation', 'tool', 'retriever', 'embedding', 'evaluator', 'guardrail']);

/** All turns of a session, or the one with a number. */
export function comparedTurns(
  stored: ReplayDocument,
  number: number | null,
  wholeOf: WholeOf = NOTHING_MORE,
): ComparedTurn[] {
  const { document, isAbandoned } = endAbandoned(stored);
  const history = new SessionHistory(document, isAbandoned);
  const works = turnWorks(history).filter(({ position }) => number === null || position + 1 === number);
  return works.map(({ turn, position, observations }) => ({
    ...{ number: position + 1, turn },
    question: said(turn, 'user', wholeOf),
    answer: said(turn, 'assistant', wholeOf),
    steps: observations
      .filter(({ type }) => DOING.has(type))
      .map((step) => ({ ...step, length: lengthWords(step, history) })),
  }));
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

const BETWEEN = '\n\n';

function said({ messages }: ReplayTurn, role: MessageRole, wholeOf: WholeOf): Said {
  let text = '';
  let knownTo = Number.POSITIVE_INFINITY;
  const cut: ReplayMessage[] = [];
  for (const message of messages) {
    if (message.role !== role) continue;
    const whole = message.key === undefined ? message : wholeOf(message);
    if (whole === undefined) cut.push(message);
    for (const part of (whole ?? message).parts) {
      if (part.type !== 'text') continue;
      text += (text === '' ? '' : BETWEEN) + part.text;
      if (whole === undefined && part.cut !== undefined) knownTo = Math.min(knownTo, text.length);
    }
  }
  const spaces = text.length - text.trimStart().length;
  return { text: text.trim(), knownTo: knownTo - spaces, cut };
}
