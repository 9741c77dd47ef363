import type { Json, Message, MessagePart, MessageRole } from '@powerrag/protocol';

/** Reads a body as messages; null where its shape is not a known one. `side` says who speaks where the shape does not. */
export function toMessages(value: Json, side: 'input' | 'output'): Message[] | null {
  const items =
    isObject(value) && Array.isArray(value.messages) ? value.messages : Array.isArray(value) ? value : [value];
  const messages = items.map((item) => toMessage(item, side));
  return messages.length > 0 && messages.every((message) => message !== null) ? messages : null;
}

const ROLES: Readonly<Record<string, MessageRole>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
};

function toMessage(item: Json, _side: 'input' | 'output'): Message | null {
  if (!isObject(item) || typeof item.role !== 'string') return null;
  const role = Object.hasOwn(ROLES, item.role) ? ROLES[item.role] : undefined;
  if (role === undefined) return null;
  const parts: MessagePart[] = typeof item.content === 'string' ? [{ type: 'text', text: item.content }] : [];
  return { role, parts };
}

function isObject(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
