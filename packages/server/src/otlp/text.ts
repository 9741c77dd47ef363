import { idHash, MAX_ID_LENGTH } from '@powerrag/protocol';

/**
 * Text as the store can hold it. Half a surrogate pair cannot be said in UTF-8, and SQLite's bindings disagree about NUL: each
 * becomes U+FFFD, the replacement character.
 */
export function storableText(text: string): string {
  return UNSTORABLE.test(text) ? text.replace(EVERY_UNSTORABLE, '\ufffd') : text;
}

/** An id as it is kept: one that is too long is cut as the tracing package cuts it, with a hash that keeps it distinct. */
export function keptId(id: string): string {
  if (id.length <= MAX_ID_LENGTH) return id;
  // Never through a surrogate pair.
  return `${id.slice(0, MAX_ID_LENGTH - 17).replace(/[\ud800-\udbff]$/, '')}~${idHash(id)}`;
}

/** The first `length` code units at most, with a mark that says how long it was. */
export function cutText(text: string, length: number): string {
  const mark = `… [cut from ${text.length} characters]`;
  return `${storableText(text.slice(0, Math.max(0, length - mark.length)))}${mark}`;
}

const UNSTORABLE = /[\0\p{Surrogate}]/u;
const EVERY_UNSTORABLE = /[\0\p{Surrogate}]/gu;
