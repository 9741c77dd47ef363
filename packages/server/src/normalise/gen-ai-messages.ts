import type { Json } from '@powerrag/protocol';
import type { BodyText } from '../observation/observation.js';
import type { Attributes, OtlpEvent } from '../otlp/otlp.js';
import { isObject, parseJson, type Rule, type SpanReader, textOf } from './span-reader.js';

/** Messages of the GenAI conventions where they are not one attribute of the span. */

/**
 * A system message of these instructions in front of the messages; undefined where there are no instructions, or the
 * messages are not a list. Instructions are a list of parts; Mastra writes plain text. Messages that begin with the same words
 * of the system, as OpenLIT writes them, stay as they are.
 */
export function withInstructions(messages: BodyText | undefined, instructions: Json | undefined): BodyText | undefined {
  const system = systemMessage(instructions);
  const list = system === undefined ? undefined : arrayText(messages ?? '[]');
  if (list === undefined) return undefined;
  if (beginsWith(list, instructions)) return list;
  const rest = list.slice(1).trimStart();
  return `[${system}${rest.startsWith(']') ? '' : ','}${rest}`;
}

function systemMessage(instructions: Json | undefined): string | undefined {
  const parts = arrayText(instructions);
  if (parts !== undefined) return `{"role":"system","parts":${parts}}`;
  const text = typeof instructions === 'string' ? instructions : '';
  return text === '' ? undefined : JSON.stringify({ role: 'system', content: text });
}

function beginsWith(list: string, instructions: Json | undefined): boolean {
  if (!/"(?:system|developer)"/.test(list)) return false;
  const messages = parseJson(list);
  const [first] = Array.isArray(messages) ? (messages as readonly Json[]) : [];
  if (!isObject(first) || !(first.role === 'system' || first.role === 'developer')) return false;
  const given = typeof instructions === 'string' ? (parseJson(instructions) ?? instructions) : instructions;
  const words = textIn(given);
  return words !== '' && textIn(first.parts ?? first.content) === words;
}

/** The words of a text, or of a list of parts. */
function textIn(value: Json | undefined): string {
  if (!Array.isArray(value)) return textOf(value) ?? '';
  const texts = (value as readonly Json[]).map((part) =>
    isObject(part) ? textOf(part.content ?? part.text) : textOf(part),
  );
  return texts.join('\n');
}

/** A JSON array as text: as it came, so that no number in it changes. */
function arrayText(value: Json | undefined): string | undefined {
  if (typeof value !== 'string') return Array.isArray(value) ? JSON.stringify(value) : undefined;
  return Array.isArray(parseJson(value)) ? value.trim() : undefined;
}

/** What the events of a span say went into the model, or into the tool that it is a call of. */
export const inputInEvents: Rule<BodyText> = (reader) => {
  const { events } = reader.span;
  const messages = joined(valuesIn(events, DETAILS, 'gen_ai.input.messages'));
  const [instructions] = valuesIn(events, DETAILS, 'gen_ai.system_instructions');
  const prompt = attributesOf(events, 'gen_ai.content.prompt');
  return (
    withInstructions(messages, instructions) ??
    messages ??
    (prompt && text(prompt, 'gen_ai.prompt')) ??
    (isToolCall(reader) ? contentIn(events, 'gen_ai.tool.message', 'content') : undefined) ??
    listOf(historyIn(events))
  );
};

/** What the events of a span say the model answered, or the tool. */
export const outputInEvents: Rule<BodyText> = (reader) => {
  const { events } = reader.span;
  const completion = attributesOf(events, 'gen_ai.content.completion');
  return (
    joined(valuesIn(events, DETAILS, 'gen_ai.output.messages')) ??
    (completion && text(completion, 'gen_ai.completion')) ??
    (isToolCall(reader) ? contentIn(events, CHOICE, 'message') : undefined) ??
    listOf(choicesIn(events.slice(answerStart(events)))) ??
    listOf(messagesIn(events.slice(answerStart(events)))) ??
    listOf(choicesIn(events))
  );
};

function messagesIn(events: readonly OtlpEvent[]): Json[] {
  return events.flatMap(({ name, attributes }) => message(ROLES.get(name), attributes) ?? []);
}

function choicesIn(events: readonly OtlpEvent[]): Json[] {
  return events.flatMap(({ name, attributes }) => (name === CHOICE ? choice(attributes) : []));
}

/** What was said before the answer. Koog has the calls of earlier answers as choices too, among the messages. */
function historyIn(events: readonly OtlpEvent[]): Json[] {
  const start = answerStart(events);
  if (start === events.length) return messagesIn(events);
  return events.slice(0, start).flatMap((event) => (event.name === CHOICE ? choicesIn([event]) : messagesIn([event])));
}

/**
 * Where the answer begins: at the first choice after the last message that is not the assistant's; Azure's clients of agents and
 * Responses, and Koog, have messages of the assistant there instead. The number of events where nothing follows that message.
 */
function answerStart(events: readonly OtlpEvent[]): number {
  const rest = events.findLastIndex(({ name }) => ROLES.has(name) && ROLES.get(name) !== 'assistant') + 1;
  const choices = events.findIndex(({ name }, at) => at >= rest && name === CHOICE);
  if (choices !== -1) return choices;
  return events.slice(rest).some(({ name }) => ROLES.has(name)) ? rest : events.length;
}

function attributesOf(events: readonly OtlpEvent[], name: string): Attributes | undefined {
  return events.find((event) => event.name === name)?.attributes;
}

/** What the events of this name say under a key. A library may write one event for the instructions, one for the messages. */
function valuesIn(events: readonly OtlpEvent[], name: string, key: string): Json[] {
  const values = events.map((event) => (event.name === name ? event.attributes.get(key) : undefined));
  return values.filter((value) => value !== undefined);
}

/** Lists of messages as one. A list that begins with the one before it is that list, grown. */
function joined(lists: readonly Json[]): BodyText | undefined {
  return lists.map(bodyOf).reduce<BodyText | undefined>((before, list) => {
    const [all, more] = [arrayText(before), arrayText(list)];
    if (all === undefined || more === undefined) return list ?? before;
    const inner = all.slice(1, -1).trim();
    if (inner === '' || more.slice(1).trimStart().startsWith(inner)) return more;
    const rest = more.slice(1).trimStart();
    return rest.startsWith(']') ? all : `[${inner},${rest}`;
  }, undefined);
}

const CHOICE = 'gen_ai.choice';
const DETAILS = 'gen_ai.client.inference.operation.details';

function isToolCall(reader: SpanReader): boolean {
  return reader.peek('gen_ai.operation.name') === 'execute_tool';
}

/** What a tool was given or gave back, of which Strands makes a message. */
function contentIn(events: readonly OtlpEvent[], name: string, key: string): BodyText | undefined {
  const attributes = attributesOf(events, name);
  const body = attributes && text(attributes, key);
  const [only, second] = blocksIn(body) ?? [];
  return second === undefined && typeof only?.text === 'string' ? only.text : body;
}

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

/** The message is an object of its own here, a text, or a list of blocks; Strands has the results of its calls beside it. */
function choice(attributes: Attributes): Json[] {
  const content = contentOf(attributes);
  const held = typeof content.message === 'string' ? (parseJson(content.message) ?? content.message) : content.message;
  const answer = said('assistant', isObject(held) ? held : { ...content, content: content.content ?? content.message });
  const results = said('tool', { content: content['tool.result'] });
  return [answer, results].filter((item) => item !== undefined);
}

function said(role: string, { content: given, tool_calls: calls, id }: Said): Json | undefined {
  const content = isObject(given) ? wordsOf(given) : given;
  const toolCalls = typeof calls === 'string' ? parseJson(calls) : calls;
  if (content === undefined && toolCalls === undefined) return undefined;
  return {
    role,
    content: blocksIn(content) ?? content ?? null,
    ...(toolCalls === undefined ? {} : { tool_calls: toolCalls }),
    ...(role === 'tool' && id !== undefined ? { tool_call_id: id } : {}),
  };
}

/** Azure's agents have the words of a message as OpenAI's assistants do: `{ text: { value, annotations } }`. */
function wordsOf(content: Readonly<Record<string, Json>>): Json {
  return isObject(content.text) && typeof content.text.value === 'string' ? content.text.value : content;
}

/** Keys of which each block has one (Bedrock's Converse, in which Strands keeps its messages), or a type (Anthropic's). */
const BLOCK_KEYS = [
  'text',
  'toolUse',
  'toolResult',
  'reasoningContent',
  'image',
  'document',
  'video',
  'cachePoint',
  'guardContent',
  'citationsContent',
  'type',
];

/** A list of blocks in text. JSON of any other kind is what somebody said. */
function blocksIn(content: Json | undefined): readonly Readonly<Record<string, Json>>[] | undefined {
  const list = typeof content === 'string' && /^\s*\[/.test(content) ? parseJson(content) : undefined;
  if (!Array.isArray(list) || list.length === 0 || !list.every(isObject)) return undefined;
  return list.every((block) => BLOCK_KEYS.some((key) => block[key] !== undefined)) ? list : undefined;
}

/** The body of such an event: its attributes, or JSON in one of them. */
function contentOf(attributes: Attributes): Said {
  const body = attributes.get('gen_ai.event.content');
  const parsed = typeof body === 'string' ? parseJson(body) : body;
  if (isObject(parsed)) return parsed;
  const all = Object.fromEntries(attributes);
  return body === undefined || all.content !== undefined ? all : { ...all, content: body };
}

function text(attributes: Attributes, key: string): BodyText | undefined {
  return bodyOf(attributes.get(key));
}

function bodyOf(value: Json | undefined): BodyText | undefined {
  return textOf(value) ?? (value === undefined || value === null || value === '' ? undefined : JSON.stringify(value));
}

function listOf(messages: readonly Json[]): BodyText | undefined {
  return messages.length === 0 ? undefined : JSON.stringify(messages);
}
