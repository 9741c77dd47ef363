import type { Json } from '@powerrag/protocol';
import { CLASS, parsePythonRepr } from '../../base/python-repr.js';
import { isObject, type JsonObject } from './values.js';

/** Longer than this it stays the text it came as. */
const MAX_LENGTH = 1_000_000;

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
