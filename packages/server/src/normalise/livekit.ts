import type { Json, ObservationType } from '@powerrag/protocol';
import type { BodyText } from '../observation/observation.js';
import { MAX_WAIT_MS } from './bounds.js';
import { bodyAt, firstOf, parseJson, type Rule, type SpanReader } from './span-reader.js';

/**
 * LiveKit Agents (`lk.*`): the context of a call of the model, what it answered, what was heard and said in a turn, and calls
 * of tools. What may name a person is under `lk.pii.` where the application asked for that.
 */

const TYPES: ReadonlyMap<string, ObservationType> = new Map([
  ['agent_session', 'chain'],
  ['agent_turn', 'agent'],
  ['function_tool', 'tool'],
]);

/** The name of the span says what it is; the same names mean nothing in the spans of others. */
export const type: Rule<ObservationType> = (span) =>
  span.mentions('lk') ? TYPES.get(span.span.name.replace(/^lk\./, '')) : undefined;

export const name: Rule<string> = (span) => span.text('lk.function_tool.name');

/** Written in seconds. */
export const msToFirstToken: Rule<number> = (span) => {
  const seconds = span.count('lk.response.ttft', MAX_WAIT_MS / 1_000);
  return seconds === undefined ? undefined : seconds * 1_000;
};

export const input: Rule<BodyText> = firstOf(
  at('chat_ctx'),
  at('user_input'),
  at('user_transcript'),
  at('function_tool.arguments'),
  at('input_text'),
);

export const output: Rule<BodyText> = firstOf(answer, at('function_tool.output'));

function at(name: string): Rule<BodyText> {
  return bodyAt(`lk.${name}`, `lk.pii.${name}`);
}

const responseText = at('response.text');

/** The text alone where there is nothing else. */
function answer(span: SpanReader): BodyText | undefined {
  const calls = callsOf(span);
  const text = responseText(span);
  return calls.length === 0 ? text : JSON.stringify({ role: 'assistant', content: text ?? '', tool_calls: calls });
}

/** A list, or an array of which each element is JSON in text. */
function callsOf(span: SpanReader): readonly Json[] {
  for (const key of ['lk.response.function_calls', 'lk.pii.response.function_calls']) {
    const value = span.peek(key);
    const list = typeof value === 'string' ? parseJson(value) : value;
    if (!Array.isArray(list) || list.length === 0) continue;
    span.claim(key);
    return (list as readonly Json[]).map((call) => (typeof call === 'string' ? (parseJson(call) ?? call) : call));
  }
  return [];
}
