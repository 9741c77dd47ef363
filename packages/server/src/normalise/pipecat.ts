import type { ObservationType } from '@powerrag/protocol';
import type { BodyText } from '../observation/observation.js';
import { afterInstructions } from './gen-ai.js';
import { bodyAt, firstOf, type Rule, type SpanReader } from './span-reader.js';

/** Pipecat: turns of a conversation by voice around what was heard, asked of the model and said, in bare words. */

function only<T>(rule: Rule<T>): Rule<T> {
  return (span) => (/^pipecat\b/.test(span.span.scope.name) ? rule(span) : undefined);
}

export const type: Rule<ObservationType> = only((span) => (span.has('tool.function_name') ? 'tool' : undefined));
export const name: Rule<string> = only((span) => span.text('tool.function_name'));

/** Written in seconds. */
export const msToFirstToken: Rule<number> = only((span) => {
  const seconds = span.count('metrics.ttfb', 86_400);
  return seconds === undefined ? undefined : seconds * 1_000;
});

export const input: Rule<BodyText> = only(firstOf(messages, bodyAt('tool.arguments', 'text')));
export const output: Rule<BodyText> = only(bodyAt('output', 'tool.result', 'text_output', 'transcript'));

function messages(span: SpanReader): BodyText | undefined {
  const list = span.body('input');
  return list && afterInstructions(span, list);
}
