import type { Json } from '@powerrag/protocol';
import { CLASS, parsePythonRepr } from '../../base/python-repr.js';
import { isObject, type JsonObject } from './values.js';

/** Longer than this it stays the text it came as. */
const MAX_LENGTH = 1_000_000;

/** A message of LangChain somewhere in a text that could be Python's. */
const LANGCHAIN_MESSAGE = /^\s*[[({A-Z][\s\S]*?\b(?:Human|AI|System|Tool|Function|Chat)Message(?:Chunk)?\(content=/;

/**
 * What Python's `repr` says of a state or a list with messages of LangChain, which instrumentations send where they have no
 * JSON, in LangChain's own form; anything else as it is.
 */
export function withoutReprOfState(value: Json): Json {
  if (typeof value !== 'string' || value.length > MAX_LENGTH || !LANGCHAIN_MESSAGE.test(value)) return value;
  const state = parsePythonRepr(value.trim());
  return state === undefined ? value : withTypes(state);
}

function withTypes(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(withTypes);
  if (!isObject(value)) return value;
  const { [CLASS]: name, ...fields } = value;
  if (typeof name === 'string' && /Message(?:Chunk)?$/.test(name)) return { ...fields, type: name };
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, withTypes(held)]));
}

/**
 * A message that came as Python's `repr` of it, as OpenInference has those of Haystack and smolagents, in the form that its
 * framework writes as JSON; anything else as it is.
 */
export function withoutRepr(item: Json): Json {
  if (typeof item !== 'string' || item.length > MAX_LENGTH || !/^ChatMessage\(/.test(item)) return item;
  const message = parsePythonRepr(item);
  if (!isObject(message)) return item;
  const parts = message._content;
  return Array.isArray(parts) ? { ...message, _content: (parts as readonly Json[]).map(toHaystackPart) } : message;
}

/** In Haystack's JSON the class of a part is the key that it stands under. */
function toHaystackPart(part: Json): Json {
  if (!isObject(part)) return part;
  const { [CLASS]: name, ...fields } = part;
  switch (name) {
    case 'ToolCall':
      return { tool_call: fields };
    case 'ToolCallResult':
      return { tool_call_result: fields };
    case 'ReasoningContent':
      return { reasoning: fields };
    case 'ImageContent':
      return { image: fields };
    default:
      return fields as JsonObject;
  }
}
