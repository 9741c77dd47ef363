import { idHash, MAX_ID_LENGTH } from '@powerrag/protocol';

/**
 * Text that the store can hold. UTF-8 has no lone surrogates, and SQLite bindings disagree about NUL: each becomes U+FFFD, the
 * replacement character.
 */
export function storableText(text: string): string {
  return text.isWellFormed() && !text.includes('\0') ? text : text.replace(UNSTORABLE, '\ufffd');
}

/** An id as it is stored: a long one is cut as the tracing package cuts it, with a hash that keeps it distinct. */
export function keptId(id: string): string {
  if (id.length <= MAX_ID_LENGTH) return id;
  // Never inside a surrogate pair.
  return `${id.slice(0, MAX_ID_LENGTH - 17).replace(/[\ud800-\udbff]$/, '')}~${idHash(id)}`;
}

/** At most the first `length` code units, with a mark that says how long the text was. */
export function cutText(text: string, length: number): string {
  const mark = `… [cut from ${text.length} characters]`;
  return `${storableText(text.slice(0, Math.max(0, length - mark.length)))}${mark}`;
}

const UNSTORABLE = /[\0\p{Surrogate}]/gu;
