import { hash } from 'node:crypto';
import type { Message, MessagePart } from '@powerrag/protocol';

/** Keys that stay in memory for as long as the texts of a session change: a longer one is a hash. */
export const LONGEST_KEPT_KEY = 64;

/**
 * Equal for messages of one role with the same content, in any convention.
 *
 * @param longest characters of a key above which it is a hash.
 */
export function messageKey({ name, role, parts }: Message, longest: number): string {
  const said = parts.every((part) => part.type === 'text') ? textOf(parts) : JSON.stringify(parts);
  // The name may be set in the history and missing in the answer.
  const key = `${role === 'other' ? JSON.stringify([role, name]) : role}\n${said}`;
  return key.length <= longest ? key : `#${hash('sha256', key, 'base64url')}`;
}

export function textOf(parts: readonly MessagePart[]): string {
  const [only] = parts;
  if (parts.length === 1 && only?.type === 'text') return only.text.trim();
  return parts
    .flatMap((part) => (part.type === 'text' ? part.text : []))
    .join('\n')
    .trim();
}
