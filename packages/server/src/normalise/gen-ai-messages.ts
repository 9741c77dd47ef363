import type { Json } from '@powerrag/protocol';
import type { BodyText } from '../observation.js';
import type { Attributes, OtlpEvent } from '../otlp.js';
import { isObject, parseJson, type Rule, textOf } from './span-reader.js';

/** Messages of the GenAI conventions where they are not one attribute of the span. */

/** A system message of these instructions in front of the messages; undefined where either is no list. */
export function withInstructions(messages: BodyText | undefined, instructions: Json | undefined): BodyText | undefined {
  const [parts, list] = [arrayText(instructions), arrayText(messages ?? '[]')];
  if (parts === undefined || list === undefined) return undefined;
  const rest = list.slice(1).trimStart();
  return `[{"role":"system","parts":${parts}}${rest.startsWith(']') ? '' : ','}${rest}`;
}

/** A JSON array as text: as it came, so that no number in it changes. */
function arrayText(value: Json | undefined): string | undefined {
  if (typeof value !== 'string') return Array.isArray(value) ? JSON.stringify(value) : undefined;
  return Array.isArray(parseJson(value)) ? value.trim() : undefined;
}

/** What the events of a span say went into the model. */
export const inputInEvents: Rule<BodyText> = ({ span: { events } }) => {
  const details = attributesOf(events, DETAILS);
  const messages = details && text(details, 'gen_ai.input.messages');
  const prompt = attributesOf(events, 'gen_ai.content.prompt');
  return (
    withInstructions(messages, details?.get('gen_ai.system_instructions')) ??
    messages ??
    (prompt && text(prompt, 'gen_ai.prompt')) ??
    listOf(events.flatMap(({ name, attributes }) => message(ROLES.get(name), attributes) ?? []))
  );
};

/** What the events of a span say the model answered. */
export const outputInEvents: Rule<BodyText> = ({ span: { events } }) => {
  const details = attributesOf(events, DETAILS);
  const completion = attributesOf(events, 'gen_ai.content.completion');
  return (
    (details && text(details, 'gen_ai.output.messages')) ??
    (completion && text(completion, 'gen_ai.completion')) ??
    listOf(events.flatMap(({ name, attributes }) => (name === 'gen_ai.choice' ? (choice(attributes) ?? []) : [])))
  );
};

function attributesOf(events: readonly OtlpEvent[], name: string): Attributes | undefined {
  return events.find((event) => event.name === name)?.attributes;
}

const DETAILS = 'gen_ai.client.inference.operation.details';

/** One event for each message, as the conventions had it before they put all messages into one attribute. */
const ROLES: ReadonlyMap<string, string> = new Map([
  ['gen_ai.system.message', 'system'],
  ['gen_ai.user.message', 'user'],
  ['gen_ai.assistant.message', 'assistant'],
  ['gen_ai.tool.message', 'tool'],
]);

type Said = Readonly<Record<string, Json | undefined>>;

function message(role: string | undefined, attributes: Attributes): Json | undefined {
  return role === undefined ? undefined : said(role, contentOf(attributes));
}

/** The message is in an object of its own here. */
function choice(attributes: Attributes): Json | undefined {
  const content = contentOf(attributes);
  const inner = typeof content.message === 'string' ? parseJson(content.message) : content.message;
  return said('assistant', isObject(inner) ? inner : content);
}

function said(role: string, { content, tool_calls: calls, id }: Said): Json | undefined {
  const toolCalls = typeof calls === 'string' ? parseJson(calls) : calls;
  if (content === undefined && toolCalls === undefined) return undefined;
  return {
    role,
    content: content ?? null,
    ...(toolCalls === undefined ? {} : { tool_calls: toolCalls }),
    ...(role === 'tool' && id !== undefined ? { tool_call_id: id } : {}),
  };
}

/** The body of such an event: its attributes, or JSON in one of them. */
function contentOf(attributes: Attributes): Said {
  const body = attributes.get('gen_ai.event.content');
  const parsed = typeof body === 'string' ? parseJson(body) : undefined;
  return isObject(parsed) ? parsed : Object.fromEntries(attributes);
}

function text(attributes: Attributes, key: string): BodyText | undefined {
  const value = attributes.get(key);
  return textOf(value) ?? (value === undefined || value === null || value === '' ? undefined : JSON.stringify(value));
}

function listOf(messages: readonly Json[]): BodyText | undefined {
  return messages.length === 0 ? undefined : JSON.stringify(messages);
}
