import { createHash } from 'node:crypto';
import type { Json, Message, MessagePart, ReplayMessage } from '@powerrag/protocol';
import { detachedSlice } from '../base/detached.js';

/** Characters (UTF-16 units) of a text or of a value as JSON that a replay document holds at most. */
export const TEXT_LIMIT = 2_000;

/** The message with its long texts and values cut, and the key to find all of it by. */
export function cutMessage(message: ReplayMessage): ReplayMessage {
  const parts = message.parts.map(cutPart);
  return parts.some(({ cut }) => cut !== undefined) ? { ...message, parts, key: keyOfMessage(message) } : message;
}

/** Names a message by what it says: the same wherever it is read from. */
export function keyOfMessage({ role, name, parts }: Message): string {
  return createHash('sha256')
    .update(JSON.stringify([role, name ?? null, parts]))
    .digest('base64url');
}

/** The beginning of a text that is over the limit, never half a character; null for any other. */
export function beginningOf(text: string): string | null {
  if (text.length <= TEXT_LIMIT) return null;
  const last = text.charCodeAt(TEXT_LIMIT - 1);
  return detachedSlice(text, 0, last >= 0xd800 && last < 0xdc00 ? TEXT_LIMIT - 1 : TEXT_LIMIT);
}

/** The beginning of a value that is over the limit as a text or as JSON, with the length of the whole; null for any other. */
export function beginningOfValue(value: Json): { readonly start: string; readonly length: number } | null {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const start = beginningOf(text);
  return start === null ? null : { start, length: text.length };
}

function cutPart(part: MessagePart): MessagePart {
  switch (part.type) {
    case 'text':
    case 'reasoning': {
      const text = beginningOf(part.text);
      return text === null ? part : { ...part, text, cut: part.text.length };
    }
    case 'tool_call': {
      const found = beginningOfValue(part.arguments);
      return found === null ? part : { ...part, arguments: found.start, cut: found.length };
    }
    case 'tool_result': {
      const found = beginningOfValue(part.result);
      return found === null ? part : { ...part, result: found.start, cut: found.length };
    }
    case 'json': {
      const found = beginningOfValue(part.value);
      return found === null ? part : { ...part, value: found.start, cut: found.length };
    }
    case 'media': {
      const reference = part.reference === null ? null : beginningOf(part.reference);
      return reference === null ? part : { ...part, reference, cut: part.reference?.length ?? 0 };
    }
  }
}
