import type { ReplayMessage, ReplayObservation, ReplayTurn } from '@powerrag/protocol';
import { isPaired, type ToolResults, toolResults } from '../message/tool-pairs.js';
import type { SessionHistory } from '../state/session-history.js';
import { answeringCall } from '../work/answering-call.js';
import type { Step } from '../work/steps.js';
import type { TurnWork } from '../work/turn-work.js';
import { notesOf } from './notes.js';
import { type OpenSteps, stepItems } from './step-items.js';

/** One row of the conversation. `atMs` is when the playhead reaches it. */
export type ConversationItem =
  | {
      readonly kind: 'turn';
      readonly key: string;
      readonly atMs: number;
      readonly number: number;
      readonly turn: ReplayTurn;
      readonly work: TurnWork;
    }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly atMs: number;
      readonly message: ReplayMessage;
      readonly traceId: string;
      /** Undefined when what it was read from is not in the session. */
      readonly observation: ReplayObservation | undefined;
      /** The model call that gave an answer, where it is known. */
      readonly call: ReplayObservation | undefined;
      /** The searches of the turn that had ended when it was said; none unless it is an answer. */
      readonly searches: readonly ReplayObservation[];
      /** What the tool calls of the turn gave. */
      readonly results: ToolResults;
    }
  | {
      readonly kind: 'steps';
      readonly key: string;
      readonly atMs: number;
      readonly steps: readonly ReplayObservation[];
    }
  | {
      readonly kind: 'notes';
      readonly key: string;
      readonly atMs: number;
      /** Sentences on where the words come from. */
      readonly notes: readonly string[];
    }
  | {
      readonly kind: 'error';
      readonly key: string;
      readonly atMs: number;
      /** Failures of one name that follow each other, in order of time. */
      readonly observations: readonly ReplayObservation[];
    }
  | {
      readonly kind: 'step';
      readonly key: string;
      readonly atMs: number;
      readonly step: Step;
      /** How deep it is nested; 0 for a step of the turn itself. */
      readonly level: number;
      /** Whether the steps below it are shown; null where it has none. */
      readonly isOpen: boolean | null;
    };

/** How much of a turn is shown: what was said, with what ran folded; or each step with its input and output. */
export type Density = 'conversation' | 'steps';

/**
 * The rows of a session in reading order. As a conversation, of each turn its head, the question, what ran folded, and then the
 * answer with whatever failed, in order of time. As steps, the head, the question, each step, and the answer.
 */
export function conversationItems(
  history: SessionHistory,
  works: readonly TurnWork[],
  density: Density,
  isOpen: OpenSteps,
): ConversationItem[] {
  return works.flatMap((work) => turnItems(history, work, density, isOpen));
}

function turnItems(history: SessionHistory, work: TurnWork, density: Density, isOpen: OpenSteps): ConversationItem[] {
  const { turn, position } = work;
  const key = `${position}`;
  const results = toolResults(turn.messages);
  const said = turn.messages.filter((message) => !isPaired(message, results));
  const messages = said.map(
    (message, n): ConversationItem => ({
      kind: 'message',
      key: `${key}:m${n}`,
      atMs: message.atMs,
      message,
      traceId: turn.traceId,
      observation: history.find(turn.traceId, message.observationId) ?? history.findById(message.observationId),
      call: message.role === 'assistant' ? answeringCall(work, message) : undefined,
      results,
      searches: message.role === 'assistant' ? work.observations.filter((o) => isSearchBy(o, message.atMs)) : [],
    }),
  );
  const head: ConversationItem[] = [
    { kind: 'turn', key, atMs: turn.startMs, number: position + 1, turn, work },
    ...notesItem(turn, key),
  ];
  if (density === 'steps') {
    // What a tool said is with its step.
    const answers = messages.filter((_, n) => said[n]?.role === 'assistant');
    const asked = messages.filter((_, n) => said[n]?.role !== 'assistant' && said[n]?.role !== 'tool');
    const last = answers.at(-1);
    return [...head, ...asked, ...stepItems(work, key, isOpen), ...(last ? [last] : [])];
  }
  const firstReply = said.findIndex(({ role }) => role === 'assistant' || role === 'tool');
  const asked = firstReply === -1 ? messages.length : firstReply;
  const rest = [...messages.slice(asked), ...errorItems(history, turn, key)].sort((a, b) => a.atMs - b.atMs);
  return [...head, ...messages.slice(0, asked), ...stepsItem(history, turn, key), ...rest];
}

/** What failed in a turn. Failures of one name that follow each other are one row; no message stands between them. */
function errorItems(history: SessionHistory, turn: ReplayTurn, key: string): ConversationItem[] {
  const groups: { atMs: number; observations: ReplayObservation[] }[] = [];
  const messageTimes = turn.messages.map(({ atMs }) => atMs);
  for (const id of turn.errors) {
    const observation = history.find(turn.traceId, id) ?? history.findById(id);
    if (!observation) continue;
    const atMs = observation.endMs ?? observation.startMs;
    const last = groups.at(-1);
    const isApart = messageTimes.some((timeMs) => last !== undefined && last.atMs < timeMs && timeMs <= atMs);
    if (last && last.observations[0]?.name === observation.name && !isApart) last.observations.push(observation);
    else groups.push({ atMs, observations: [observation] });
  }
  return groups.map(({ atMs, observations }) => ({
    kind: 'error',
    key: `${key}:e${observations[0]?.id}`,
    atMs,
    observations,
  }));
}

function isSearchBy({ type, endMs }: ReplayObservation, timeMs: number): boolean {
  return type === 'retriever' && endMs !== null && endMs <= timeMs;
}

function notesItem(turn: ReplayTurn, key: string): ConversationItem[] {
  const notes = notesOf(turn);
  return notes.length === 0 ? [] : [{ kind: 'notes', key: `${key}:n`, atMs: turn.startMs, notes }];
}

/** A turn whose only step is the very call that gave the answer has nothing to unfold. */
function stepsItem(history: SessionHistory, turn: ReplayTurn, key: string): ConversationItem[] {
  const steps = turn.steps.flatMap((id) => history.find(turn.traceId, id) ?? history.findById(id) ?? []);
  const [first] = steps;
  if (first === undefined) return [];
  const saidByAnswer =
    steps.length === 1 &&
    first.type === 'generation' &&
    turn.messages.some((m) => m.role === 'assistant' && m.observationId === first.id);
  return saidByAnswer ? [] : [{ kind: 'steps', key: `${key}:s`, atMs: first.startMs, steps }];
}
