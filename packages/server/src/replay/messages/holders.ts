import type { Json } from '@powerrag/protocol';
import { isObject, type JsonObject } from './values.js';

/** The items of a conversation that a value holds in one form; undefined where it has another form. */
type Holder = (value: JsonObject) => readonly Json[] | undefined;

/**
 * Where requests, answers and states hold their messages, in the order in which they are tried. What a holder finds is a
 * conversation only where one of the items is a message.
 */
export const HOLDERS: readonly Holder[] = [
  /** A request or a state: `{ messages }`, with the system's instructions beside it (Anthropic, Bedrock, the AI SDK); `prompt` of the AI SDK. */
  ({ messages, prompt, system }) => {
    const list = listOf(messages) ?? listOf(prompt);
    return list && withSystem(system, list.map(fromPair));
  },
  /** A request of OpenAI's Responses: `input` is a list of items, or text beside `instructions`. */
  ({ input, instructions }) => {
    if (typeof input === 'string' && typeof instructions === 'string')
      return withSystem(instructions, [{ role: 'user', content: input }]);
    const list = listOf(input);
    return list && withSystem(instructions, list);
  },
  /** A response of OpenAI's Responses, and what LangSmith and Haystack put around what they return. */
  ({ output }) => listOf(output),
  ({ replies }) => listOf(replies),
  /** An answer of OpenAI's chat; of its completions, which are text. */
  ({ choices }) =>
    listOf(choices)?.map((choice) => {
      if (!isObject(choice)) return choice;
      return choice.message ?? (typeof choice.text === 'string' ? { role: 'assistant', content: choice.text } : choice);
    }),
  /** LangChain's `LLMResult`: for each prompt its candidates. */
  ({ generations }) =>
    listOf(generations)
      ?.flat()
      .map((candidate) => {
        if (!isObject(candidate)) return candidate;
        const { message, text } = candidate;
        return message ?? (typeof text === 'string' ? { role: 'assistant', content: text } : candidate);
      }),
  /** A request of Gemini, also as the Agent Development Kit keeps it, with the system's instruction in its configuration. */
  ({ contents, config, systemInstruction, system_instruction: instruction }) => {
    const list = typeof contents === 'string' ? [{ role: 'user', content: contents }] : listOf(contents);
    const inConfig = isObject(config) ? (config.system_instruction ?? config.systemInstruction) : undefined;
    return list && withSystem(systemInstruction ?? instruction ?? inConfig, list.map(ofUser));
  },
  /** An answer of Gemini, and one event of the Agent Development Kit. */
  ({ candidates }) =>
    listOf(candidates)?.flatMap((candidate) => (isObject(candidate) ? (candidate.content ?? []) : [])),
  ({ content }) => (isObject(content) && Array.isArray(content.parts) ? [ofModel(content)] : undefined),
  /** What the user sent into the Agent Development Kit: `{ new_message: { parts, role } }`. */
  ({ new_message: message }) => (isObject(message) ? [ofUser(message)] : undefined),
  /** An answer that holds one message: Genkit, Ollama, LlamaIndex, GenAI's choice; Bedrock's Converse one level deeper. */
  ({ message }) => (isObject(message) ? [message] : undefined),
  ({ output }) => (isObject(output) && isObject(output.message) ? [output.message] : undefined),
  /** A state that a node of LangGraph changes: `{ graph, update: { messages } }`. */
  ({ update }) => (isObject(update) ? listOf(update.messages) : undefined),
  /** What Traceloop writes of a chain of LangChain: `{ inputs, tags, metadata, kwargs }`, and `{ outputs, kwargs }`. */
  ({ inputs }) => statesOf(inputs),
  ({ outputs }) => statesOf(outputs),
  /** LiveKit's chat context. */
  ({ items }) => listOf(items),
];

/** Values that may hold a conversation themselves: the arguments of a function, and what is alone in an object. */
export function within(value: JsonObject): readonly Json[] {
  if (Array.isArray(value.args) && isObject(value.kwargs))
    return [...value.args, ...Object.values(value.kwargs), value.kwargs];
  const held = Object.values(value);
  return held.length === 1 ? held : [];
}

function listOf(value: Json | undefined): readonly Json[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** The messages of a state, or the state itself where it is one message. */
function statesOf(value: Json | undefined): readonly Json[] | undefined {
  if (!isObject(value)) return listOf(value);
  return listOf(value.messages)?.map(fromPair) ?? [value];
}

function withSystem(system: Json | undefined, list: readonly Json[]): readonly Json[] {
  const content = isObject(system) && Array.isArray(system.parts) ? system.parts : system;
  const isSaid = (typeof content === 'string' && content !== '') || Array.isArray(content);
  return isSaid ? [{ role: 'system', content }, ...list] : list;
}

/** LangChain takes `['human', 'Hi']` for a message. */
function fromPair(item: Json): Json {
  const pair: readonly Json[] = Array.isArray(item) && item.length === 2 ? item : [];
  const [role, content] = pair;
  return typeof role === 'string' && typeof content === 'string' ? { role, content } : item;
}

/** Gemini lets the role of a single content out. */
function ofUser(content: Json): Json {
  return isObject(content) && Array.isArray(content.parts) ? { ...content, role: content.role ?? 'user' } : content;
}

function ofModel(content: JsonObject): Json {
  return { ...content, role: content.role ?? 'model' };
}
