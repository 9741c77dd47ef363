import type { ReplayMessage, ReplayObservation } from '@powerrag/protocol';
import type { TurnWork } from './turn-work.js';

/** A streamed call may end this many milliseconds after what passed its answer on. */
const LATE_MS = 50;

/** Calls beside the conversation, by what applications call them. */
const BESIDE = /title|summar|classif|rewrite|rephrase|condense|judge|moderat|guard|route|intent/i;

/**
 * The model call that an answer came from: what the answer was read from where that is a call, else the last call inside it that had
 * ended by then and is not named as one beside the conversation. Undefined where there is none.
 */
export function answeringCall(work: TurnWork, message: ReplayMessage): ReplayObservation | undefined {
  const source = work.observations.find(({ id }) => id === message.observationId);
  if (source?.type === 'generation') return source;
  const inside = new Set([message.observationId]);
  const calls: ReplayObservation[] = [];
  for (const observation of work.observations) {
    if (observation.parentId === null || !inside.has(observation.parentId)) continue;
    inside.add(observation.id);
    const hasEnded = observation.endMs !== null && observation.endMs <= message.atMs + LATE_MS;
    if (observation.type === 'generation' && hasEnded) calls.push(observation);
  }
  return calls.findLast(({ name }) => !BESIDE.test(name)) ?? calls.at(-1);
}
