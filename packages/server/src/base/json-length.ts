/** The length of a text as JSON, in UTF-16 code units: that of `JSON.stringify(text)`, which is not made. */
export function jsonLength(text: string): number {
  // JSON has lone surrogates as escapes.
  if (!text.isWellFormed()) return JSON.stringify(text).length;
  let length = text.length + 2;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < FIRST_PRINTABLE) length += SHORT_ESCAPES.has(code) ? 1 : 5;
    else if (code === QUOTE || code === BACKSLASH) length += 1;
  }
  return length;
}

const [FIRST_PRINTABLE, QUOTE, BACKSLASH] = [0x20, 0x22, 0x5c];
/** Control characters that JSON writes with a backslash and a letter, `\b\t\n\f\r`; the others are written as `\u0000`. */
const SHORT_ESCAPES: ReadonlySet<number> = new Set([0x08, 0x09, 0x0a, 0x0c, 0x0d]);
