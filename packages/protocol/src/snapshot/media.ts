/** From how many characters on a text is looked at. */
const MIN_LENGTH = 1000;
/** From how many characters on base64 is media, whatever its key. */
const LONG = 20_000;
/** From how many numbers on a list is bytes of media, shorter ones may be vectors; and from how many characters on a part of JSON is looked at. */
export const MANY = 4000;
/** Each part ends where the next begins, so that it takes no longer than the text is. */
const DATA_URI = /data:([\w.+/-]{0,99})(?:;[\w.=-]{0,99})?;base64,/;
/** SVG as text, or percent-encoded. Ends before the next, for the same reason. */
const SVG_URI =
  /data:image\/svg\+xml[^,<]{0,40},(?=(?:<|%3C)svg)(?:(?!data:)[\s\S])*?(?:<|%3C)(?:\/|%2F)svg(?:>|%3E)/gi;
/** Where JSON is the text, a line break is written `\\n`, with more backslashes where that JSON is a string of another. */
const ESCAPED_BREAK = String.raw`\\{1,16}[nr]`;
/**
 * Searched for: to match all of a large text otherwise takes more stack than there is. After a line break there is another line of base64,
 * or the last one, which may be short.
 */
const NOT_BASE64 = new RegExp(
  String.raw`[^\w+/=\r\n\\-]|\n(?!\S{20}|\S*$)|\\(?!\\{0,15}[nr])` +
    `|${ESCAPED_BREAK}(?!(?:${ESCAPED_BREAK})?(?:[\\w+/=-]{20}|[\\w+/=-]{0,19}(?:\\\\{0,16}["'\`)]|$)))`,
);
const BREAKS = new RegExp(String.raw`[\r\n]|${ESCAPED_BREAK}`, 'g');
/** What may stand between two strings of JSON, beside a list of numbers. */
const NOT_LIST = /[^\d,\s:[\]{}\\nrt]/;
/** Where model providers have media in base64: `data`, `image`, `images`, `inputAudio`, `b64_json`, `base64`, `videoBytes`, `blob`, `result`. */
const MEDIA_KEY = /data|image|audio|64|bytes|blob|result/i;
/** The key before a string in JSON, or before a list of strings. */
const KEY = /([\w-]{1,64})\\*"\s*:[\s[\\n]*"$/;

/**
 * A text with its media replaced by a placeholder: data URIs by `[image/png: 600000 bytes]`, wherever they are; what is nothing but base64,
 * the whole text or a string of JSON in it, by `[data: 600000 bytes]` where its key or its length says that it is media; and a list of
 * bytes in JSON by `"[Array: 600000 bytes]"`, also where a typed array became an object there. What it is, providers say beside it.
 * @param key the key that the text is under
 */
export function withoutMedia(text: string, key: string): string {
  if (text.length < MIN_LENGTH) return text;
  if (isMedia(text, key)) return placeholder(key, text);
  // Looking for one text takes a small part of the time of an expression, above all if it begins with a rare character.
  const withoutUris = text.includes(';base64,') ? withoutDataUris(text) : text;
  const withoutSvg = withoutUris.includes('+xml') ? withoutUris.replace(SVG_URI, svg) : withoutUris;
  return withoutByteObjects(withoutMediaInJson(withoutSvg));
}

/** Base64 has letters of both cases. A text of one case, such as a genome, is not media. */
function isMedia(text: string, key: string): boolean {
  return !NOT_BASE64.test(text) && (MEDIA_KEY.test(key) || (text.length > LONG && /[a-z][A-Z]/.test(text)));
}

function placeholder(what: string, base64: string): string {
  const { length } = base64.replace(BREAKS, '');
  return `[${what || 'base64'}: ${Math.floor(length * 0.75)} bytes]`;
}

function svg(uri: string): string {
  return `[image/svg+xml: ${uri.replace(/^[^,]*,|%.|\\/g, '').length} bytes]`;
}

function withoutDataUris(text: string): string {
  let kind = '';
  return text.split(DATA_URI).reduce((before, part, index) => {
    if (index % 2 === 1) {
      kind = part;
      return before;
    }
    const length = `${part} `.search(NOT_BASE64);
    return before + placeholder(kind, part.slice(0, length)) + part.slice(length);
  });
}

/** Finds what has no quote for so long by the last quote in each stretch: that takes a small part of the time of reading the text. */
function withoutMediaInJson(text: string): string {
  let result = '';
  let at = -1;
  let done = 0;
  let key = '';
  while (at + MANY < text.length) {
    const end = text.indexOf('"', at + 1);
    if (end >= 0 && end < at + MANY) {
      at = text.lastIndexOf('"', at + MANY);
      continue;
    }
    const part = text.slice(at + 1, end < 0 ? undefined : end);
    const before = text.slice(Math.max(0, at - 99), at + 1);
    key = KEY.exec(before)?.[1] ?? key;
    result += text.slice(done, at + 1) + withoutMediaIn(part, key, /\\*"?$/.exec(before)?.[0] ?? '');
    at = done = at + 1 + part.length;
  }
  return result + text.slice(done);
}

/**
 * @param part of JSON, between two quotes
 * @param quote the first of them, with the backslashes that escape both
 */
function withoutMediaIn(part: string, key: string, quote: string): string {
  const text = part.slice(0, part.length + 1 - quote.length);
  if (isMedia(text, key)) return placeholder(key, text) + part.slice(text.length);
  const start = part.indexOf('[');
  const bytes = (start >= 0 && !NOT_LIST.test(part) && part.match(/\d+/g)) || [];
  // Each is less than 256, and one is not ASCII.
  if (bytes.length < MANY || bytes.reduce((bits, byte) => bits | Number(byte), 0) >> 7 !== 1) return part;
  const list = `[Array: ${bytes.length} bytes]`;
  return part.slice(0, start) + (start > 0 ? quote + list + quote : list) + part.slice(part.lastIndexOf(']') + 1);
}

/** A field of the object that JSON makes of a typed array: `"0":137,`. */
const BYTE_FIELD = new RegExp(
  String.raw`(\\{0,16})"(\d{1,9})\1"\s{0,64}:\s{0,64}(\d{1,3})(?!\d)(?:\s|${ESCAPED_BREAK}){0,64}(,?)(?:\s|${ESCAPED_BREAK}){0,64}`,
  'y',
);
const OPENS = new RegExp(String.raw`\{(?:\s|${ESCAPED_BREAK}){0,64}$`);

/** Replaces what JSON makes of a Uint8Array, `{"0":137,"1":80,…}`. No text is read twice. */
function withoutByteObjects(text: string): string {
  let result = '';
  let done = 0;
  for (let at = text.indexOf('"0'); at >= 0; at = text.indexOf('"0', at + 1)) {
    const quote = /\\{0,16}"$/.exec(text.slice(Math.max(0, at - 16), at + 1))?.[0] ?? '"';
    const start = at + 1 - quote.length;
    const open = OPENS.exec(text.slice(Math.max(done, start - 99), start));
    if (!open) continue;
    const { count, end } = readBytes(text, start);
    at = Math.max(at, end - 1);
    if (count < MANY || text[end] !== '}') continue;
    result += `${text.slice(done, start - open[0].length)}${quote}[Object: ${count} bytes]${quote}`;
    done = end + 1;
  }
  return result + text.slice(done);
}

/** How many bytes the object has whose fields begin there, and where they end. None where a number is no byte, or all are ASCII. */
function readBytes(text: string, start: number): { readonly count: number; readonly end: number } {
  let count = 0;
  let bits = 0;
  BYTE_FIELD.lastIndex = start;
  for (let end = start; ; end = BYTE_FIELD.lastIndex) {
    const field = BYTE_FIELD.exec(text);
    if (field === null || Number(field[2]) !== count) return { count: bits >> 7 === 1 ? count : 0, end };
    bits |= Number(field[3]);
    count += 1;
    if (field[4] === '') return { count: bits >> 7 === 1 ? count : 0, end: BYTE_FIELD.lastIndex };
  }
}
