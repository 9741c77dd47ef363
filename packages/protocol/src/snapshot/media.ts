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
/**
 * Searched for: to match all of a large text otherwise takes more stack than there is. After a line break, which JSON has as an escape,
 * another line follows, or the last one, which may be short.
 */
const NOT_BASE64 =
  /[^\w+/=\r\n\\-]|\n(?!\S{20}|\S*$)|\\(?!(?:\\{0,16}[nr]){1,2}(?:[\w+/=-]{20}|[\w+/=-]{0,19}(?:\\{0,16}["'`)]|$)))/;
/** What may not stand in a list of numbers in JSON, or in an object of numbers. */
const NOT_LIST = /[^\d,\s:[\]{}"\\nrt]/;
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
  const bytes = Math.floor(base64.replace(/[\r\n]|\\+[nr]/g, '').length * 0.75);
  return `[${what || 'base64'}: ${bytes} bytes]`;
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
  const count = start < 0 ? 0 : bytesIn(part);
  if (count === 0) return part;
  const list = `[Array: ${count} bytes]`;
  return part.slice(0, start) + (start > 0 ? quote + list + quote : list) + part.slice(part.lastIndexOf(']') + 1);
}

/** Replaces what JSON makes of a Uint8Array: `{"0":137,"1":80,…}`. */
function withoutByteObjects(text: string): string {
  if (!text.includes('"0')) return text;
  // Each part is looked at once.
  const parts = text.split(/(?<=})/).map((part) => {
    const start = part.lastIndexOf('{');
    const count = bytesIn(part.slice(start + 1));
    const quote = /\\*"/.exec(part.slice(start))?.[0];
    return count ? `${part.slice(0, start)}${quote}[Object: ${count} bytes]${quote}` : part;
  });
  return parts.join('');
}

/** How many bytes a part of JSON is that has nothing but a list of them, or the fields of an object of them; 0 if it is anything else. */
function bytesIn(part: string): number {
  const numbers = (!NOT_LIST.test(part) && part.match(/\d+/g)) || [];
  const perByte = part.includes('"') ? 2 : 1;
  const bytes = numbers.filter((number, index) => index % perByte === perByte - 1 || Number(number) !== index / 2);
  // Many, each less than 256, and one is not ASCII.
  const areBytes = bytes.length >= MANY && bytes.reduce((bits, byte) => bits | Number(byte), 0) >> 7 === 1;
  return areBytes && bytes.length * perByte === numbers.length ? bytes.length : 0;
}
