/**
 * Text as the store can hold it. Half a surrogate pair cannot be said in UTF-8, and SQLite's bindings disagree about NUL: each
 * becomes U+FFFD, the replacement character.
 */
export function storableText(text: string): string {
  return UNSTORABLE.test(text) ? text.replace(EVERY_UNSTORABLE, '\ufffd') : text;
}

const UNSTORABLE = /[\0\p{Surrogate}]/u;
const EVERY_UNSTORABLE = /[\0\p{Surrogate}]/gu;
