import type { Json, MessageRole } from '@powerrag/protocol';
import { isObject, text } from './values.js';

const ROLES: ReadonlyMap<string, MessageRole> = new Map([
  ['system', 'system'],
  ['developer', 'system'],
  ['user', 'user'],
  ['human', 'user'],
  ['assistant', 'assistant'],
  ['ai', 'assistant'],
  ['model', 'assistant'],
  ['chatbot', 'assistant'],
  ['tool', 'tool'],
  ['function', 'tool'],
]);

/** Whose words these are; undefined where the name is nobody's that we know. Names are read in any case. */
export function roleOf(role: Json | undefined): MessageRole | undefined {
  return ROLES.get(roleName(role)?.toLowerCase() ?? '');
}

/**
 * A role as its sender names it: text, a member of a Python enumeration (`MessageRole.USER`), or the object that Semantic
 * Kernel for .NET writes (`{ Label: 'user' }`).
 */
export function roleName(role: Json | undefined): string | null {
  if (isObject(role)) return text(role.Label ?? role.label);
  return text(role)?.replace(/^(?:MessageRole|ChatRole|AuthorRole)\./, '') ?? null;
}
