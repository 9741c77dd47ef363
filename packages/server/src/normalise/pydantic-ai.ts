import type { Json, ObservationType } from '@powerrag/protocol';
import type { BodyText } from '../observation/observation.js';
import { afterInstructions } from './gen-ai.js';
import { bodyAt, firstOf, isObject, parseJson, type Rule, type SpanReader } from './span-reader.js';

/**
 * Pydantic AI: what a run of an agent says of its whole conversation (`pydantic_ai.all_messages`; `all_messages_events` before
 * it), the messages of a call in one attribute (`events`), and calls of tools; and Logfire's instrumentations of providers.
 */

/** A run of an agent, as it was before it had an operation of the GenAI conventions. */
export const type: Rule<ObservationType> = (span) => {
  const isRun = span.has('pydantic_ai.all_messages') || span.has('all_messages_events');
  return isRun && span.span.name === 'agent run' ? 'agent' : undefined;
};

export const input: Rule<BodyText> = firstOf(
  (span) => asked(span, conversation(span)?.asked),
  (span) => asked(span, exchange(span)?.asked),
  bodyAt('tool_arguments', 'request_data'),
);

/** The result of a run stands for its last messages: it is the answer, and they say how it came about. */
export const output: Rule<BodyText> = firstOf(
  bodyAt('final_result'),
  (span) => of(conversation(span)?.answered),
  (span) => of(exchange(span)?.answered),
  bodyAt('tool_response', 'response_data'),
);

interface Conversation {
  /** Up to the last thing that the user, or a tool, said. */
  readonly asked: readonly Json[];
  readonly answered: readonly Json[];
}

function conversation(span: SpanReader): Conversation | undefined {
  const list = listAt(span, 'pydantic_ai.all_messages') ?? listAt(span, 'all_messages_events');
  if (list === undefined) return undefined;
  const asked = list.findLastIndex(isOfUser) + 1;
  return { asked: list.slice(0, asked), answered: list.slice(asked) };
}

/** A result of a tool is under the user's role, too. */
function isOfUser(message: Json): boolean {
  if (!isObject(message) || message.role !== 'user') return false;
  const parts = Array.isArray(message.parts) ? (message.parts as readonly Json[]) : undefined;
  return parts === undefined || parts.some((part) => isObject(part) && part.type !== 'tool_call_response');
}

/** Logfire's events of OpenAI's Responses have no choice: there the answer is what the assistant said last. */
function exchange(span: SpanReader): Conversation | undefined {
  const list = events(span);
  if (list === undefined) return undefined;
  const choices = list.filter(isChoice);
  if (choices.length > 0) return { asked: list.filter((event) => !isChoice(event)), answered: choices.map(answerIn) };
  const asked = list.findLastIndex((event) => !isOfAssistant(event)) + 1;
  return { asked: list.slice(0, asked), answered: list.slice(asked) };
}

function isOfAssistant(event: Json): boolean {
  return isObject(event) && event['event.name'] === 'gen_ai.assistant.message';
}

/** Other libraries have an attribute `events`, too. */
function events(span: SpanReader): readonly Json[] | undefined {
  return listAt(span, 'events', (event) => isObject(event) && typeof event['event.name'] === 'string');
}

function isChoice(event: Json): boolean {
  return isObject(event) && event['event.name'] === 'gen_ai.choice';
}

/** The message is an object of its own in the event. */
function answerIn(choice: Json): Json {
  const message = isObject(choice) ? choice.message : undefined;
  return isObject(message) ? { role: 'assistant', ...message } : choice;
}

function listAt(
  span: SpanReader,
  key: string,
  fits: (item: Json) => boolean = () => true,
): readonly Json[] | undefined {
  const value = span.peek(key);
  const list = typeof value === 'string' ? parseJson(value) : value;
  if (!Array.isArray(list) || !(list as readonly Json[]).every(fits)) return undefined;
  span.claim(key);
  return list;
}

function asked(span: SpanReader, messages: readonly Json[] | undefined): BodyText | undefined {
  const list = of(messages);
  return list && afterInstructions(span, list);
}

function of(messages: readonly Json[] | undefined): BodyText | undefined {
  return messages === undefined || messages.length === 0 ? undefined : JSON.stringify(messages);
}

/** Whether Logfire took a value away because it, or its key, looked like a secret; `session` does unless it is told otherwise. */
export function isScrubbed(value: string): boolean {
  return value.startsWith('[Scrubbed due to ');
}
