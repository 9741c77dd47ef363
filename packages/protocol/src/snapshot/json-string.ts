/** What JSON escapes in a string, and surrogates, which it escapes where one stands alone. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes them.
const SPECIAL = /["\\\0-\x1f\ud800-\udfff]/g;
/** With fewer characters than this to each of them, `JSON.stringify` is faster. */
const MIN_BETWEEN = 48;

/**
 * The text as a string of JSON, exactly as `JSON.stringify` writes it. Takes a third of its time for a long text in which nothing is escaped,
 * and half for one with line breaks: `JSON.stringify` looks at one character after another.
 */
export function quoted(text: string): string {
  let json = '"';
  let from = 0;
  // They may come at the beginning only, as with a heading.
  let most = text.length / 8;
  SPECIAL.lastIndex = 0;
  while (SPECIAL.test(text)) {
    const at = SPECIAL.lastIndex - 1;
    const code = Number(text.codePointAt(at));
    most -= MIN_BETWEEN;
    // A pair of surrogates, which is written as it is.
    if (code > 0xffff) SPECIAL.lastIndex++;
    else if (code > 0xff || at + most < 0) return json + JSON.stringify(text.slice(from)).slice(1);
    else {
      json += text.slice(from, at) + beforeValue(text.charAt(at)).slice(2, -2);
      from = at + 1;
    }
  }
  return `${json}${text.slice(from)}"`;
}

/** Bounds the cache: keys usually come from code, but may come from data. */
const MAX_KNOWN = 1_000;
const known = /* @__PURE__ */ new Map<string, string>();

/** What stands before a value in an object, a comma and the quoted key and a colon: the same keys come again. */
export function beforeValue(key: string): string {
  let json = known.get(key);
  if (!json) {
    json = `,${JSON.stringify(key)}:`;
    if (known.size < MAX_KNOWN && key.length < MIN_BETWEEN) known.set(key, json);
  }
  return json;
}
