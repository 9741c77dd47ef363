import { sharedState } from './shared-state.js';

const DEFAULT_MAX_LENGTH = 1_048_576;
const MAX_DEPTH = 100;

/** What an error keeps to itself when its fields are listed. */
const ERROR_FIELDS = ['name', 'message', 'stack', 'cause', 'errors'];

/**
 * The text that records a value as it is now: a string as it is, anything else as JSON. Never throws and never changes the
 * value. What JSON cannot say becomes a marker in square brackets; what is over the limit is cut, and a marker says how much.
 * `undefined` where there is nothing to record.
 */
export function snapshot(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? wellFormed(new Portrait().text(value)) : snapshotJson(value);
}

/** Like `snapshot`, but JSON for strings too, and `null` for nothing. */
export function snapshotJson(value: unknown): string {
  try {
    if (measure(value, maxLength(), 0) >= 0) return JSON.stringify(value) ?? 'null';
  } catch {
    // A getter, a toJSON or a proxy trap has thrown: the portrait marks the place.
  }
  return JSON.stringify(new Portrait().of(value)) ?? 'null';
}

/** The most that is recorded of one value, in UTF-16 code units. */
export function maxLength(): number {
  return sharedState().options.maxValueLength ?? DEFAULT_MAX_LENGTH;
}

/** A property as it is, or a marker where reading it throws. */
export function read(object: unknown, key: PropertyKey): unknown {
  try {
    return Reflect.get(Object(object), key);
  } catch (error) {
    return threw(error);
  }
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** What of `room` is left after the value; negative where it does not fit or where `JSON.stringify` would lose something. */
function measure(value: unknown, room: number, depth: number): number {
  if (typeof value === 'string') return room - value.length - 2;
  if (typeof value === 'number') return Number.isFinite(value) ? room - 8 : -1;
  if (typeof value === 'boolean' || value === null || value === undefined) return room - 5;
  if (typeof value !== 'object' || depth > MAX_DEPTH) return -1;
  let left = room - 2;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length && left >= 0; i++) left = measure(value[i], left - 1, depth + 1);
    return left;
  }
  if (!isPlain(value)) return value instanceof Date && Number.isFinite(value.getTime()) ? room - 26 : -1;
  for (const key in value) {
    left = measure((value as Record<string, unknown>)[key], left - key.length - 4, depth + 1);
    if (left < 0) return -1;
  }
  return left;
}

export function isPlain(value: unknown): boolean {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Makes a copy of one value that `JSON.stringify` can say in full, within the limit. */
class Portrait {
  /** What is still to be spent, in UTF-16 code units. */
  #left = maxLength();
  /** The objects that the one in work is inside of. */
  readonly #path: object[] = [];

  of(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    this.#left -= 6;
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
    if (typeof value === 'bigint') return this.text(String(value));
    if (typeof value === 'symbol') return `[${this.text(String(value))}]`;
    if (typeof value === 'function') return `[Function: ${this.text(String(read(value, 'name')))}]`;
    if (!isObject(value)) return value;
    if (this.#path.includes(value)) return '[Circular]';
    if (this.#path.length >= MAX_DEPTH) return `[truncated: deeper than ${MAX_DEPTH} levels]`;
    this.#path.push(value);
    try {
      return this.#object(value);
    } catch (error) {
      return this.text(threw(error));
    } finally {
      this.#path.pop();
    }
  }

  text(text: string): string {
    const kept = cut(text, this.#left);
    this.#left -= kept.length + 2;
    const lost = text.length - kept.length;
    return lost === 0 ? text : `${kept}[truncated: ${lost} of ${text.length} characters]`;
  }

  #object(value: object): unknown {
    if (Array.isArray(value)) return this.#list(value);
    // A Blob tells its size only.
    const size = read(value, 'byteLength') ?? (read(value, 'arrayBuffer') && read(value, 'size'));
    if (typeof size === 'number' && !isPlain(value)) return `[${nameOf(value)}: ${size} bytes]`;
    if (value instanceof Date && Number.isNaN(value.getTime())) return '[Invalid Date]';
    const toJson = read(value, 'toJSON');
    if (typeof toJson === 'function') return this.of(Reflect.apply(toJson, value, ['']));
    if (value instanceof Set) return this.#list(this.#first(value), value.size);
    if (value instanceof Map) return this.#map(value);
    if (value instanceof String || value instanceof RegExp) return this.text(String(value));
    const keys = Object.keys(value);
    if (value instanceof Error) {
      return this.#fields(value, [...new Set([...ERROR_FIELDS.filter((key) => key in value), ...keys])]);
    }
    if (keys.length > 0 || isPlain(value) || nameOf(value) === 'Object') return this.#fields(value, keys);
    const primitive: unknown = value.valueOf();
    return primitive === value ? `[${nameOf(value)}]` : this.of(primitive);
  }

  #map(map: ReadonlyMap<unknown, unknown>): unknown {
    const entries = this.#first(map);
    if (!entries.every(([key]) => typeof key === 'string')) return this.#list(entries, map.size);
    const object: object = Object.fromEntries(entries);
    return this.#fields(object, Object.keys(object), map.size);
  }

  /** As many items as there can be room for, where none takes less than 2. A collection may hold millions. */
  #first<Item>(items: Iterable<Item>): Item[] {
    const first: Item[] = [];
    for (const item of items) if (first.push(item) > this.#left / 2) break;
    return first;
  }

  #list(items: readonly unknown[], total: number = items.length): unknown[] {
    const list: unknown[] = [];
    while (list.length < total && this.#left > 0) list.push(this.of(read(items, list.length)) ?? null);
    if (list.length < total) list.push(`[truncated: ${total - list.length} of ${total} items]`);
    return list;
  }

  #fields(object: object, keys: readonly string[], total: number = keys.length): object {
    // Without a prototype, so that a key `__proto__` is a key like any other.
    const fields: Record<string, unknown> = Object.create(null);
    let told = 0;
    for (const key of keys) {
      if (this.#left <= 0) break;
      fields[this.text(key)] = this.of(read(object, key));
      told += 1;
    }
    if (told < total) fields['[truncated]'] = `${total - told} of ${total} keys`;
    return fields;
  }
}

/** The start of a text, without half a surrogate pair at its end. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const kept = text.slice(0, Math.max(0, length));
  return /[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept;
}

/** Lone surrogates cannot be said in UTF-8: they become U+FFFD here, visibly, whatever an encoder would do with them. */
export function wellFormed(text: string & { toWellFormed?(): string }): string {
  return text.toWellFormed?.() ?? text;
}

/** The name of the object's class. */
export function nameOf(value: object): string {
  const made = read(value, 'constructor');
  return typeof made === 'function' ? String(read(made, 'name')) : 'Object';
}

/** A marker with what an error says. */
export function threw(error: unknown): string {
  try {
    return `[threw: ${error instanceof Error ? error.message : String(error)}]`;
  } catch {
    return '[threw]';
  }
}
