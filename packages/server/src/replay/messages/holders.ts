import type { Json } from '@powerrag/protocol';
import { knownPart } from './parts/index.js';
import { isObject, type JsonObject } from './values.js';

/** What a value holds: items, of which one has to be a message, and the system's instructions for them. */
interface Held {
  readonly items: readonly Json[];
  readonly system?: Json | undefined;
}

/** What a value holds in one form; undefined where it has another form. */
type Holder = (value: JsonObject) => Held | undefined;

/**
 * Where requests, answers and states hold their messages, in the order in which they are tried. What a holder finds is a
 * conversation only where one of the items is a message.
 */
export const HOLDERS: readonly Holder[] = [
  /** A request or a state: `{ messages }`, with the system's instructions beside it (Anthropic, Bedrock, the AI SDK); `prompt` of the AI SDK. */
  ({ messages, prompt, system }) => heldIn(listOf(messages) ?? listOf(prompt), fromPair, system),
  /** A request of OpenAI's Responses: `input` is a list of items, or text beside `instructions`. */
  ({ input, instructions }) => {
    const isText = typeof input === 'string' && typeof instructions === 'string';
    return heldIn(isText ? [{ role: 'user', content: input }] : listOf(input), asIs, instructions);
  },
  /** A response of OpenAI's Responses, and what LangSmith and Haystack put around what they return. */
  ({ output }) => heldIn(listOf(output)),
  ({ replies }) => heldIn(listOf(replies)),
  /** An answer of OpenAI's chat, or of its completions. */
  ({ choices }) => heldIn(listOf(choices), fromChoice),
  /** LangChain's `LLMResult`: for each prompt its candidates. */
  ({ generations }) =>
    heldIn(
      listOf(generations)?.flatMap((list) => (Array.isArray(list) ? list : [])),
      fromCandidate,
    ),
  /** A request of Gemini, also as the Agent Development Kit keeps it, with the system's instruction in its configuration. */
  ({ contents, config, systemInstruction, system_instruction: instruction }) => {
    const inConfig = isObject(config) ? (config.system_instruction ?? config.systemInstruction) : undefined;
    return heldIn(listOf(contents), (content) => inRole('user', content), systemInstruction ?? instruction ?? inConfig);
  },
  /** An answer of Gemini, and one event of the Agent Development Kit. */
  ({ candidates }) =>
    heldIn(listOf(candidates), (candidate) => (isObject(candidate) ? (candidate.content ?? null) : null)),
  ({ content }) => (isObject(content) ? heldIn([content], (held) => inRole('model', held)) : undefined),
  /** What the user sent into the Agent Development Kit: `{ new_message: { parts, role } }`. */
  ({ new_message: message }) => (isObject(message) ? heldIn([message], (held) => inRole('user', held)) : undefined),
  /** An answer that holds one message: Genkit, Ollama, LlamaIndex, GenAI's choice; Bedrock's Converse one level deeper. */
  ({ message }) => (isObject(message) ? heldIn([message]) : undefined),
  ({ output }) => (isObject(output) && isObject(output.message) ? heldIn([output.message]) : undefined),
  /** A state that a node of LangGraph changes: `{ graph, update: { messages } }`. */
  ({ update }) => (isObject(update) ? heldIn(listOf(update.messages)) : undefined),
  /** What Traceloop writes of a chain of LangChain: `{ inputs, tags, metadata, kwargs }`, and `{ outputs, kwargs }`. */
  ({ inputs }) => heldIn(statesOf(inputs), fromPair),
  ({ outputs }) => heldIn(statesOf(outputs), fromPair),
  /** What LlamaIndex calls a model with: the conversation, and what the user says now where it is not in it. */
  ({ chat_history: history, user_msg: now }) => {
    const said =
      now === undefined || now === null ? [] : [typeof now === 'string' ? { role: 'user', content: now } : now];
    return heldIn(listOf(history)?.concat(said), fromPair);
  },
  /** LiveKit's chat context. */
  ({ items }) => heldIn(listOf(items)),
];

/** Values that may hold a conversation themselves: the arguments of a function, and what is alone in an object. */
export function within(value: JsonObject): readonly Json[] {
  if (Array.isArray(value.args) && isObject(value.kwargs))
    return [...value.args, ...Object.values(value.kwargs), value.kwargs];
  const held = Object.values(value);
  return held.length === 1 ? held : [];
}

function heldIn(
  items: readonly Json[] | undefined,
  read: (item: Json) => Json = asIs,
  system: Json | undefined = undefined,
): Held | undefined {
  return items && { items: items.map(read), system };
}

function asIs(item: Json): Json {
  return item;
}

function listOf(value: Json | undefined): readonly Json[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** The messages of a state, or the state itself where it is one message. */
function statesOf(value: Json | undefined): readonly Json[] | undefined {
  return isObject(value) ? (listOf(value.messages) ?? [value]) : listOf(value);
}

/** A choice of a completion is text; one of a question in a quiz has text, too, but ended for no reason. */
function fromChoice(choice: Json): Json {
  if (!isObject(choice)) return choice;
  const { message, text, finish_reason: reason, index } = choice;
  const isText = typeof text === 'string' && (reason !== undefined || index !== undefined);
  return message ?? (isText ? { role: 'assistant', content: text } : choice);
}

function fromCandidate(candidate: Json): Json {
  if (!isObject(candidate)) return candidate;
  const { message, text } = candidate;
  return message ?? (typeof text === 'string' ? { role: 'assistant', content: text } : candidate);
}

/** LangChain takes `['human', 'Hi']` for a message. */
function fromPair(item: Json): Json {
  const pair: readonly Json[] = Array.isArray(item) && item.length === 2 ? item : [];
  const [role, content] = pair;
  return typeof role === 'string' && typeof content === 'string' ? { role, content } : item;
}

/** Gemini leaves the role of a single content out. */
function inRole(role: 'user' | 'model', content: Json): Json {
  if (!isObject(content) || content.role !== undefined) return content;
  const parts = listOf(content.parts) ?? [];
  return parts.some((part) => isObject(part) && knownPart(part) !== undefined) ? { ...content, role } : content;
}
