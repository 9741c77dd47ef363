/** The length of a text as JSON, in UTF-16 code units: that of `JSON.stringify(text)`, which is not made. */
export function jsonLength(text: string): number {
  // JSON has lone surrogates as escapes.
  if (!text.isWellFormed()) return JSON.stringify(text).length;
  let length = text.length + 2;
  for (const [escaped] of text.matchAll(ESCAPED)) length += SHORT_ESCAPES.has(escaped) ? 1 : 5;
  return length;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes them.
const ESCAPED = /["\\\u0000-\u001f]/g;
/** Written with a backslash and a letter; the others as `\u0000`. */
const SHORT_ESCAPES: ReadonlySet<string> = new Set('"\\\b\f\n\r\t');
