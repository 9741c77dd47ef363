import type { Json, Message, MessagePart, MessageRole } from '@powerrag/protocol';
import { contentParts, genAiParts, isObject, type JsonObject, toolCallParts } from './parts.js';

/** Reads a body as messages of a chat; null where any of it has another shape. */
export function toMessages(value: Json): Message[] | null {
  const items =
    isObject(value) && Array.isArray(value.messages) ? value.messages : Array.isArray(value) ? value : [value];
  const messages = items.map(toMessage);
  return messages.length > 0 && messages.every((message) => message !== null) ? messages : null;
}

const ROLES: ReadonlyMap<string, MessageRole> = new Map([
  ['system', 'system'],
  ['developer', 'system'],
  ['user', 'user'],
  ['assistant', 'assistant'],
  ['tool', 'tool'],
]);

function toMessage(item: Json): Message | null {
  if (!isObject(item) || typeof item.role !== 'string') return null;
  const role = ROLES.get(item.role);
  if (role !== undefined && Array.isArray(item.parts)) return { role, parts: genAiParts(item.parts) };
  return role === undefined ? null : { role, parts: role === 'tool' ? toolResult(item) : parts(item) };
}

function parts(item: JsonObject): MessagePart[] {
  const refusal: MessagePart[] = typeof item.refusal === 'string' ? [{ type: 'text', text: item.refusal }] : [];
  return [...contentParts(item.content), ...refusal, ...toolCallParts(item.tool_calls)];
}

function toolResult({ tool_call_id: id, name, content }: JsonObject): MessagePart[] {
  const [idText, nameText] = [typeof id === 'string' ? id : null, typeof name === 'string' ? name : null];
  return [{ type: 'tool_result', id: idText, name: nameText, result: content ?? null }];
}
