import type { Json, Message } from '@powerrag/protocol';
import { contentOf } from './chat.js';
import { langChainLike } from './langchain.js';
import { contentParts } from './parts/index.js';
import { roleName, roleOf } from './roles.js';
import { isObject, text } from './values.js';

/**
 * An item of a conversation in a form that nobody knows: what it says, under the name that it gives itself. Nothing where it
 * has a role that we know and no words.
 */
export function unknownMessage(item: Json): Message {
  if (!isObject(item)) return { role: 'other', parts: contentParts(item) };
  const [alike] = langChainLike(item) ?? [];
  if (alike !== undefined) return alike;
  const role = item.role ?? item._role ?? item.Role;
  const name = roleName(role) ?? text(item.type) ?? text(item.source) ?? undefined;
  const content = contentOf(item);
  if (content !== undefined)
    return { role: 'other', ...(name === undefined ? {} : { name }), parts: contentParts(content) };
  if (roleOf(role) !== undefined && Object.keys(item).every((key) => SILENT.has(key)))
    return { role: 'other', parts: [] };
  return { role: 'other', ...(name === undefined ? {} : { name }), parts: [{ type: 'json', value: item }] };
}

/** Keys of a message that say nothing. */
const SILENT: ReadonlySet<string> = new Set(['role', '_role', 'id', 'name', 'finish_reason']);
