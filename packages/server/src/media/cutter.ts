import type { Json } from '@powerrag/protocol';
import { isTooDeep } from '../base/json-depth.js';
import { type Media, mediaIdOf } from '../store/media.js';
import { A_BEGINNING, mimeTypeOf, typeByBeginning } from './mime-types.js';

/** Characters of base64 from which on it is cut out: a picture of one pixel is longer. */
const SHORTEST = 64;

/** Under these keys providers put bytes in base64, beside a key that says of what type. */
const DATA_KEYS: ReadonlySet<string> = new Set(['data', 'content', 'bytes', 'image', 'file_data', 'b64_json', 'audio']);
const TYPE_KEYS = ['media_type', 'mime_type', 'mediaType', 'mimeType', 'contentType', 'format', 'output_format'];

/**
 * Cuts media out of values and puts a reference in its place, in the form that Langfuse's SDKs write and read:
 * `@@@langfuseMedia:type=image/png|id=…|source=base64_data_uri@@@`. It knows data URIs wherever they stand, and the parts of
 * messages in which providers have base64 beside its type; elsewhere base64 that begins as a picture, a sound, a video or a PDF. All
 * else stays as it is, to the character.
 */
export class MediaCutter {
  readonly #media = new Map<string, Media>();

  /** What was cut out so far, each once. */
  get media(): Media[] {
    return [...this.#media.values()];
  }

  /** A text, or JSON as text. */
  text(text: string): string {
    if (!hasLongBase64(text)) return text;
    const cut = this.#dataUris(text);
    const mayHold = TYPE_KEYS.some((key) => cut.includes(key)) || A_BEGINNING.test(cut);
    return mayHold && LONG_BASE64.test(cut) ? this.#parts(cut) : cut;
  }

  json(value: Json): Json {
    return this.#walk(value, null);
  }

  record<T extends Json>(record: Readonly<Record<string, T>>): Readonly<Record<string, Json>> {
    return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, this.#walk(value, null)]));
  }

  #dataUris(text: string): string {
    const pieces: string[] = [];
    let copied = 0;
    for (let at = text.indexOf(MARK); at !== -1; at = text.indexOf(MARK, at + MARK.length)) {
      const head = DATA_HEAD.exec(text.slice(Math.max(copied, at - LONGEST_HEAD), at));
      const start = at + MARK.length;
      const end = endOfBase64(text, start);
      if (head === null || end - start < SHORTEST) continue;
      const type = (head[1] ?? '').replaceAll('\\', '');
      pieces.push(text.slice(copied, at - head[0].length), this.#keep(text.slice(start, end), type, 'base64_data_uri'));
      copied = end;
    }
    return copied === 0 ? text : pieces.join('') + text.slice(copied);
  }

  /** The parts in JSON as text. They are replaced where they stand, so that no number and no space around them changes. */
  #parts(text: string): string {
    if (!/^\s*[[{"]/.test(text) || isTooDeep(text)) return text;
    let value: Json;
    try {
      value = JSON.parse(text);
    } catch {
      return text;
    }
    const found = new Map<string, string>();
    collect(value, null, found);
    let cut = text;
    for (const [base64, type] of found) {
      const reference = this.#keep(base64, type, 'bytes');
      cut = cut.split(base64).join(reference).split(base64.replaceAll('/', '\\/')).join(reference);
    }
    return cut;
  }

  #walk(value: Json, type: string | null): Json {
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (isList(value)) return value.map((item) => this.#walk(item, type));
    const own = typeIn(value) ?? type;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        this.#keptPart(item, typeOfPart(key, item, own)) ?? this.#walk(item, own),
      ]),
    );
  }

  #keptPart(value: Json, type: string | null): string | undefined {
    return typeof value === 'string' && type !== null ? this.#keep(value, type, 'bytes') : undefined;
  }

  #keep(base64: string, type: string, source: string): string {
    const bytes = Buffer.from(base64.replaceAll('\\', ''), 'base64');
    const id = mediaIdOf(bytes);
    const contentType = type.toLowerCase();
    this.#media.set(id, { id, contentType, bytes });
    return `@@@langfuseMedia:type=${contentType}|id=${id}|source=${source}@@@`;
  }
}

const MARK = ';base64,';
/** Type and parameters of a data URI in front of its mark. A `/` may be escaped, as JSON allows. */
const DATA_HEAD = /data:([a-z]+\\?\/[\w.+-]+)(?:;[\w.+-]+=[\w.+-]*)*$/i;
const LONGEST_HEAD = 200;
const LONG_BASE64 = new RegExp(`[A-Za-z0-9+/_-]{${SHORTEST}}`);
const BASE64_ONLY = /^[A-Za-z0-9+/_-]+={0,2}$/;

/** The index after the last character of base64. A loop, since an expression for megabytes would exhaust its stack. */
function endOfBase64(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isEscapedSlash = code === BACKSLASH && text.charCodeAt(at + 1) === SLASH;
    if (!isEscapedSlash && !IS_BASE64[code]) break;
  }
  return at;
}

const [BACKSLASH, SLASH] = [0x5c, 0x2f];
const IS_BASE64: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9+/=_-]/.test(String.fromCharCode(code)),
);

/** Whether a text may hold base64 long enough to be cut out, escaped slashes included. Looks at few characters of most texts. */
function hasLongBase64(text: string): boolean {
  const isPart = (at: number) => {
    const code = text.charCodeAt(at);
    return code === BACKSLASH || IS_BASE64[code] === true;
  };
  // A run that is long enough covers one of these places.
  for (let place = SHORTEST - 1; place < text.length; place += SHORTEST) {
    if (!isPart(place)) continue;
    let start = place;
    let end = place + 1;
    while (start > 0 && isPart(start - 1) && end - start < SHORTEST) start--;
    while (end < text.length && end - start < SHORTEST && isPart(end)) end++;
    if (end - start >= SHORTEST) return true;
  }
  return false;
}

/** Finds base64 in parts of messages, with its type. JSON within JSON is looked into as well. */
function collect(value: Json, type: string | null, found: Map<string, string>): void {
  if (typeof value === 'string') {
    if (!/^\s*[[{]/.test(value) || !LONG_BASE64.test(value) || isTooDeep(value)) return;
    try {
      collect(JSON.parse(value), type, found);
    } catch {
      // Text that only looks like JSON.
    }
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (isList(value)) {
    for (const item of value) collect(item, type, found);
    return;
  }
  const own = typeIn(value) ?? type;
  for (const [key, item] of Object.entries(value)) {
    const part = typeOfPart(key, item, own);
    if (typeof item === 'string' && part !== null) found.set(item, part);
    else collect(item, own, found);
  }
}

/** The type of what stands under a key, if that is media in base64: as what is beside it says, or by how it begins. */
function typeOfPart(key: string, value: Json, type: string | null): string | null {
  if (typeof value !== 'string' || value.length < SHORTEST || value.length % 4 === 1) return null;
  const known = (DATA_KEYS.has(key) ? type : null) ?? typeByBeginning(value);
  return known !== null && BASE64_ONLY.test(value) ? known : null;
}

function typeIn(value: Readonly<Record<string, Json>>): string | null {
  for (const key of TYPE_KEYS) {
    const named = value[key];
    const type = typeof named === 'string' ? mimeTypeOf(named) : null;
    if (type !== null) return type;
  }
  return null;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
