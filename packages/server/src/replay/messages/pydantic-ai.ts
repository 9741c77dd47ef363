import type { Json, Message } from '@powerrag/protocol';
import { contentParts } from './parts/index.js';
import type { MessageReader } from './reader.js';
import { isObject, type JsonObject, parsed, text } from './values.js';

/**
 * A `ModelRequest` or `ModelResponse` of pydantic-ai, as its type adapter dumps it: `{ kind: 'request', parts: [{ part_kind:
 * 'user-prompt', content }] }`. Each part of a request is a message of its own.
 */
export const pydanticAiMessage: MessageReader = ({ kind, parts }) => {
  if ((kind !== 'request' && kind !== 'response') || !Array.isArray(parts)) return undefined;
  const list = parts as readonly Json[];
  if (!list.every((part): part is JsonObject => isObject(part) && typeof part.part_kind === 'string')) return undefined;
  const messages = list.map(messageOf);
  return kind === 'request' ? messages : [{ role: 'assistant', parts: messages.flatMap((message) => message.parts) }];
};

function messageOf(part: JsonObject): Message {
  const { part_kind: kind, content } = part;
  const id = text(part.tool_call_id);
  const name = text(part.tool_name);
  switch (kind) {
    case 'system-prompt':
      return { role: 'system', parts: contentParts(content) };
    case 'user-prompt':
      return { role: 'user', parts: contentParts(content) };
    case 'retry-prompt':
      if (name === null) return { role: 'user', parts: contentParts(content) };
      return { role: 'tool', parts: [{ type: 'tool_result', id, name, result: content ?? null }] };
    case 'tool-return':
    case 'builtin-tool-return':
      return { role: 'tool', parts: [{ type: 'tool_result', id, name, result: content ?? null }] };
    case 'tool-call':
    case 'builtin-tool-call':
      return { role: 'assistant', parts: [{ type: 'tool_call', id, name: name ?? '', arguments: parsed(part.args) }] };
    case 'thinking':
      return { role: 'assistant', parts: content ? [{ type: 'reasoning', text: String(content) }] : [] };
    case 'text':
      return { role: 'assistant', parts: contentParts(content) };
    default:
      return { role: 'other', name: String(kind), parts: [{ type: 'json', value: part }] };
  }
}
