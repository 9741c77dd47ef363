import { writeId } from '../record/trace-attributes.js';
import { followWithin } from './follow-within.js';
import { type Followed, runWith } from './run-with.js';

/**
 * Runs `fn` so that every observation it starts belongs to the session, and the trace of the active one: `propagateAttributes({ sessionId }, fn)`.
 * Returns what `fn` returns. An invalid id is left out with a warning; `fn` still runs.
 */
export function withSession<R>(sessionId: string, fn: () => R): R {
  return runInSession(sessionId, fn, followWithin);
}

/** What `withSession` does, with the result followed in the given way. */
export function runInSession<R>(sessionId: string, fn: () => R, followed: Followed<R>): R {
  return runWith(
    (sink) => {
      // As a field of `propagateAttributes` that is `undefined`: it changes nothing.
      if (sessionId !== undefined) writeId(sink, 'sessionId', sessionId);
    },
    fn,
    followed,
  );
}
