import type { Json, Message, MessagePart, MessageRole } from '@powerrag/protocol';
import { isAiSdkResults } from './ai-sdk.js';
import { contentParts, genAiParts, toolCallParts } from './parts.js';
import { isObject, type JsonObject } from './values.js';

/** Reads a body as messages of a chat; null where any of it has another shape. */
export function toMessages(value: Json): Message[] | null {
  const messages = itemsOf(value).map(toMessage);
  return messages.length > 0 && messages.every((message) => message !== null) ? messages : null;
}

/** A list of messages, a single one, or a request that holds a list and may hold the system's instructions beside it. */
function itemsOf(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return [value];
  const list = [value.messages, value.prompt].find((held) => Array.isArray(held)) as readonly Json[] | undefined;
  if (list === undefined) return [value];
  const { system } = value;
  return typeof system === 'string' || Array.isArray(system) ? [{ role: 'system', content: system }, ...list] : list;
}

const ROLES: ReadonlyMap<string, MessageRole> = new Map([
  ['system', 'system'],
  ['developer', 'system'],
  ['user', 'user'],
  ['assistant', 'assistant'],
  ['model', 'assistant'],
  ['human', 'user'],
  ['ai', 'assistant'],
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
  if (isAiSdkResults(content)) return contentParts(content);
  const [idText, nameText] = [typeof id === 'string' ? id : null, typeof name === 'string' ? name : null];
  return [{ type: 'tool_result', id: idText, name: nameText, result: content ?? null }];
}
