import type { ReplayMessage, ReplayObservation, ReplayTurn } from '@powerrag/protocol';
import type { SessionHistory } from '../state/session-history.js';
import { notesOf } from './notes.js';

/** One row of the conversation. `atMs` is when the playhead reaches it. */
export type ConversationItem =
  | {
      readonly kind: 'turn';
      readonly key: string;
      readonly atMs: number;
      readonly number: number;
      readonly turn: ReplayTurn;
    }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly atMs: number;
      readonly message: ReplayMessage;
      readonly traceId: string;
      /** Undefined when what it was read from is not in the session. */
      readonly observation: ReplayObservation | undefined;
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
  | { readonly kind: 'error'; readonly key: string; readonly atMs: number; readonly observation: ReplayObservation };

/**
 * The rows of a conversation in reading order: of each turn its head, the question, what ran, and then the answer
 * with whatever failed, in order of time.
 */
export function conversationItems(history: SessionHistory): ConversationItem[] {
  return history.document.turns.flatMap((turn, position) => turnItems(history, turn, position));
}

/** Position of the row that holds a message; -1 when there is none. */
export function positionOfMessage(items: readonly ConversationItem[], message: ReplayMessage | undefined): number {
  return items.findIndex((item) => item.kind === 'message' && item.message === message);
}

function turnItems(history: SessionHistory, turn: ReplayTurn, position: number): ConversationItem[] {
  const key = `${position}`;
  const messages = turn.messages.map(
    (message, n): ConversationItem => ({
      kind: 'message',
      key: `${key}:m${n}`,
      atMs: message.atMs,
      message,
      traceId: turn.traceId,
      observation: history.find(turn.traceId, message.observationId) ?? history.findById(message.observationId),
    }),
  );
  const errors = turn.errors.flatMap((id): ConversationItem[] => {
    const observation = history.find(turn.traceId, id) ?? history.findById(id);
    if (!observation) return [];
    return [{ kind: 'error', key: `${key}:e${id}`, atMs: observation.endMs ?? observation.startMs, observation }];
  });
  const firstReply = turn.messages.findIndex(({ role }) => role === 'assistant' || role === 'tool');
  const asked = firstReply === -1 ? messages.length : firstReply;
  const rest = [...messages.slice(asked), ...errors].sort((a, b) => a.atMs - b.atMs);
  return [
    { kind: 'turn', key, atMs: turn.startMs, number: position + 1, turn },
    ...notesItem(turn, key),
    ...messages.slice(0, asked),
    ...stepsItem(history, turn, key),
    ...rest,
  ];
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
