import { propagateAttributes } from './propagate.js';

/**
 * Runs `fn` so that every observation it starts belongs to the session, and the trace of the active one: `propagateAttributes({ sessionId }, fn)`.
 * Returns what `fn` returns. An invalid id is left out with a warning; `fn` still runs.
 */
export function withSession<R>(sessionId: string, fn: () => R): R {
  return propagateAttributes({ sessionId }, fn);
}
