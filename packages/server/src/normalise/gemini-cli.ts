import type { ObservationType } from '@powerrag/protocol';
import type { Rule, SpanReader } from './span-reader.js';

/**
 * Spans of Gemini CLI: each call of a model or a tool is a trace of its own, that names the session as its conversation. Its log
 * events say the same and more, turn by turn (logs/gemini-cli.ts), and always come beside the spans: so a span is not counted
 * again, and is no turn of the session, which it stays linked to.
 */
export function isToldByEvents({ span }: SpanReader): boolean {
  return span.scope.name === 'gemini-cli';
}

export const type: Rule<ObservationType> = (span) => (isToldByEvents(span) ? 'span' : undefined);
