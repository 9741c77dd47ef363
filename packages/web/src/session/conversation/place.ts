import type { Selection } from '../state/replay-store.js';
import type { SessionHistory } from '../state/session-history.js';
import { countAtOrBelow } from '../state/sorted.js';
import type { ConversationItem } from './items.js';

/** Where in the conversation a playhead is. */
export class RowTimes {
  readonly #times: Float64Array;
  readonly #positions: readonly number[];

  constructor(items: readonly ConversationItem[]) {
    const rows = items
      .map(({ kind, atMs }, position) => ({ kind, atMs, position }))
      .filter(({ kind }) => kind === 'message' || kind === 'step')
      .sort((a, b) => a.atMs - b.atMs);
    this.#times = Float64Array.from(rows, ({ atMs }) => atMs);
    this.#positions = rows.map(({ position }) => position);
  }

  /** Position of the message or step that came last by a moment; -1 before the first. */
  at(timeMs: number): number {
    return this.#positions[countAtOrBelow(this.#times, timeMs) - 1] ?? -1;
  }
}

/**
 * Position of the row that shows what is selected, else of the nearest that contains it: the step around it, else its turn. -1 when
 * the conversation has nothing of it.
 */
export function positionOfSelection(
  items: readonly ConversationItem[],
  selection: Selection | null,
  history: SessionHistory,
  /** Which turn of a trace with several is meant. Default: when what is selected was known. */
  timeMs?: number,
): number {
  if (selection === null) return -1;
  const { traceId } = selection;
  for (let id = selection.observationId; id !== null; ) {
    const observation = history.find(traceId, id);
    if (observation === undefined) break;
    const position = items.findIndex((item) => shows(item, traceId, observation.id));
    if (position !== -1) return position;
    id = observation.parentId;
  }
  const atMs = timeMs ?? history.momentOf(selection) ?? 0;
  return items.findLastIndex((item) => item.kind === 'turn' && item.turn.traceId === traceId && item.atMs <= atMs);
}

/** Positions of the heads of turns, ascending. */
export function turnHeads(items: readonly ConversationItem[]): readonly number[] {
  return items.flatMap(({ kind }, position) => (kind === 'turn' ? [position] : []));
}

/** The turn that a row belongs to, by its number from 0: that of the last head at or above it; -1 before the first. */
export function turnAt(heads: readonly number[], position: number): number {
  return countAtOrBelow(heads, position) - 1;
}

/** Whether an answer was read from an observation, or is the answer of that call. */
function isOfAnswer({ message, call }: Extract<ConversationItem, { kind: 'message' }>, id: string): boolean {
  return message.role === 'assistant' && (message.observationId === id || call?.id === id);
}

function shows(item: ConversationItem, traceId: string, id: string): boolean {
  switch (item.kind) {
    case 'message':
      return item.traceId === traceId && isOfAnswer(item, id);
    case 'error':
      return item.observations.some((o) => o.id === id && o.traceId === traceId);
    case 'step':
      return item.step.attempts.some((o) => o.id === id && o.traceId === traceId);
    case 'steps':
      return item.steps.some((o) => o.id === id && o.traceId === traceId);
    case 'turn':
    case 'notes':
      return false;
  }
}
