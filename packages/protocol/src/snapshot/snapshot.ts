import { httpMessage } from './http-message.js';
import { ignoringRejection, isObject, nameOf, ownValue, read, textAt, threw, toJson } from './inert.js';
import { beforeValue, quoted } from './json-string.js';
import { MANY, withoutMedia } from './media.js';

/** The most that is recorded of one value unless the application sets another limit, in UTF-16 code units. */
export const DEFAULT_MAX_LENGTH = 1_048_576;
const MAX_DEPTH = 100;

/** Fields of an error that are not enumerable. */
const ERROR_FIELDS = ['name', 'message', 'stack', 'cause', 'errors'];

/**
 * The text that records a value as it is now: a string unchanged, anything else as JSON. Never throws and never changes the value.
 * What JSON cannot express becomes a marker in square brackets. A value over the limit is cut, and a marker says how much.
 * `undefined` where there is nothing to record. Media in base64 becomes a placeholder with its kind and size, which leaves the limit to text.
 *
 * Reads data properties and runs no code of the value except a real `toJSON`. A getter is shown as `[Getter]`; collections are read with
 * the methods of the language, whatever a subclass overrides (`docs/adr/0011-recording-runs-nothing.md`).
 * @param maxLength the limit, in UTF-16 code units
 */
export function snapshotOf(value: unknown, maxLength: number): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? wellFormed(limited(textOf, value, maxLength)) : snapshotJsonOf(value, maxLength);
}

/** Like `snapshotOf`, but JSON for strings too, and `null` for nothing. */
export function snapshotJsonOf(value: unknown, maxLength: number): string {
  return limited(jsonOf, value, maxLength) ?? 'null';
}

export function isPlain(value: unknown): boolean {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/*
 * What follows writes one value as JSON, within the limit. Not with `JSON.stringify`: that would call what it meets, and is slower on long
 * texts. The state is here and not in an object, because most values are so small that making one is a good part of writing them.
 */

/** How much may still be recorded, in UTF-16 code units. */
let left = 0;
/** The key that the value is under, also where it is an item of a list. */
let key = '';
/** How many results of a `toJSON` the value is in. */
let made = 0;
/** The objects around the one that is being written, and how many there are. */
const path: unknown[] = [];
let depth = 0;
/** Where in it those of this value begin: a `toJSON` may record another value. */
let root = 0;

/** Writes a value within a limit of its own. */
function limited<V, T>(write: (value: V) => T, value: V, maxLength: number): T {
  const outerLeft = left;
  const outerKey = key;
  const outerMade = made;
  const outerRoot = root;
  left = maxLength;
  key = '';
  made = 0;
  root = depth;
  try {
    return write(value);
  } finally {
    left = outerLeft;
    key = outerKey;
    made = outerMade;
    root = outerRoot;
  }
}

/** `undefined` for `undefined`. */
function jsonOf(value: unknown): string | undefined {
  if (typeof value === 'string') return quotedText(value);
  left -= 6;
  if (typeof value === 'function') return quoted(functionText(value));
  if (typeof value === 'symbol') return quoted(`[${textOf(String(value))}]`);
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) return `"${value}"`;
  if (!isObject(value)) return value === undefined ? value : `${value}`;
  if (path.lastIndexOf(value, depth) >= root) return '"[Circular]"';
  if (depth - root >= MAX_DEPTH) return `"[truncated: deeper than ${MAX_DEPTH} levels]"`;
  // Not with `push` and `pop`: with the last `pop` the runtime gives the memory of the list back, to ask for it again with the next value.
  path[depth++] = value;
  try {
    return objectJson(value);
  } catch (error) {
    return quotedText(threw(error));
  } finally {
    path[--depth] = undefined;
  }
}

/** The text, cut where the limit is, and without media. */
function textOf(given: string): string {
  // Before the limit applies: a picture would take the place of the text after it.
  const text = withoutMedia(given, key);
  const kept = cut(text, left);
  left -= kept.length + 2;
  const cutOff = text.length - kept.length;
  return cutOff ? `${kept}[truncated: ${cutOff} of ${text.length} characters]` : text;
}

function quotedText(text: string): string {
  return quoted(textOf(text));
}

function functionText(value: object): string {
  const name = textAt(value, 'name');
  return `[Function${name && `: ${textOf(name)}`}]`;
}

function objectJson(value: object): string | undefined {
  const isPlainObject = isPlain(value);
  const size = isPlainObject && !Object.hasOwn(value, MANY) ? undefined : bytesOf(value);
  if (size !== undefined) return quoted(`[${nameOf(value)}: ${size} bytes]`);
  if (Array.isArray(value)) return listJson(value);
  if (!isPlainObject && value instanceof Date) return `"${dateText(value)}"`;
  // A promise that a `toJSON` has made, perhaps by a getter that loads what is missing, is nobody's but ours.
  if (made > 0) ignoringRejection(value);
  const converted = toJson(value);
  if (converted) {
    made += 1;
    const json = jsonOf(converted.json);
    made -= 1;
    return json;
  }
  if (isPlainObject) return fieldsJson(value);
  if (value instanceof Set) return listJson(first(Set.prototype.values.call(value)), sizeOf(Set, value));
  if (value instanceof Map) return mapJson(value);
  // Only of a real regular expression can the source be read: the `toString` of a proxy could be anything.
  if (value instanceof RegExp && Reflect.get(RegExp.prototype, 'source', value)) {
    return quotedText(RegExp.prototype.toString.call(value));
  }
  const boxed = [String, Number, Boolean, BigInt, Symbol].find((type) => value instanceof type);
  if (boxed) return jsonOf(Reflect.apply(boxed.prototype.valueOf, value, []));
  const keys = Object.keys(value);
  const http = httpMessage(value);
  if (http) return fieldsJson(http);
  if (value instanceof Error) return errorJson(value, keys);
  return keys.length > 0 || nameOf(value) === 'Object' ? fieldsJson(value) : quoted(`[${nameOf(value)}]`);
}

function errorJson(error: Error, keys: readonly string[]): string {
  const fields: object = Object.fromEntries(
    [...new Set([...ERROR_FIELDS, ...keys])].map((key) => [
      key,
      ERROR_FIELDS.includes(key) ? read(error, key, true) : ownValue(error, key),
    ]),
  );
  return fieldsJson(fields);
}

function mapJson(map: ReadonlyMap<unknown, unknown>): string {
  const size = sizeOf(Map, map);
  const entries = first(Map.prototype.entries.call(map));
  if (!entries.every(([key]) => typeof key === 'string')) return listJson(entries, size);
  const object: object = Object.fromEntries(entries);
  return fieldsJson(object, size);
}

/** As many items as can fit: each takes at least 2. A collection may hold millions. */
function first<Item>(items: Iterable<Item>): Item[] {
  const first: Item[] = [];
  for (const item of items) if (first.push(item) > left / 2) break;
  return first;
}

function listJson(items: readonly unknown[], total: number = Number(ownValue(items, 'length'))): string {
  let list = '';
  let written = 0;
  for (; written < total && left > 0; written++) {
    list += `${list && ','}${jsonOf(ownValue(items, written)) ?? null}`;
  }
  if (written < total) list += `${list && ','}"[truncated: ${total - written} of ${total} items]"`;
  return `[${list}]`;
}

function fieldsJson(object: object, size?: number): string {
  const keys = Object.keys(object);
  const total = size ?? keys.length;
  let fields = '';
  let written = 0;
  for (const name of keys) {
    if (left <= 0) break;
    const before = beforeValue(textOf(name));
    key = name;
    const json = jsonOf(ownValue(object, name));
    if (json !== undefined) fields += fields ? before + json : `{${before.slice(1)}${json}`;
    written += 1;
  }
  if (written < total) fields += `${fields ? ',' : '{'}"[truncated]":"${total - written} of ${total} keys"`;
  return `${fields || '{'}}`;
}

/** The size of a buffer, a view of one, a Blob, or media as a list of numbers or, as JSON has typed arrays, as an object with them. */
function bytesOf(value: object): number | undefined {
  if (Array.isArray(value) || isPlain(value)) return countOfBytes(value);
  const size = ArrayBuffer.isView(value) ? value.byteLength : read(value, 'byteLength');
  const bytes = size ?? (read(value, 'arrayBuffer') && read(value, 'size'));
  return typeof bytes === 'number' ? bytes : undefined;
}

/** How many bytes it is, for a list of nothing but bytes, some of which are not ASCII. */
function countOfBytes(list: object): number | undefined {
  const count = Number(ownValue(list, 'length') ?? Object.keys(list).length);
  let bits = 0;
  for (let index = 0; index < count; index++) {
    const byte = ownValue(list, index);
    if (count < MANY || typeof byte !== 'number' || byte !== (byte & 255)) return undefined;
    bits |= byte;
  }
  return bits > 127 ? count : undefined;
}

/** Read with the getter of the language, whatever a subclass overrides. */
function sizeOf(type: MapConstructor | SetConstructor, collection: object): number {
  return Number(Reflect.get(type.prototype, 'size', collection));
}

function dateText(date: Date): string {
  const time = Date.prototype.getTime.call(date);
  return Number.isNaN(time) ? '[Invalid Date]' : new Date(time).toISOString();
}

/** The start of a text, without half a surrogate pair at its end. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const kept = text.slice(0, Math.max(0, length));
  return /[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept;
}

/** Replaces lone surrogates, which UTF-8 cannot hold, by U+FFFD, so that the result does not depend on the encoder. */
export function wellFormed(text: string & { toWellFormed?(): string }): string {
  return text.toWellFormed?.() ?? text;
}
