import { sharedState } from './shared-state.js';

const DEFAULT_MAX_LENGTH = 1_048_576;
const MAX_DEPTH = 100;

/** A value that has been recorded as text already, within the limit. */
export class Snapshot {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What is still to be spent on one value, in UTF-16 code units. */
interface Room {
  left: number;
}

/**
 * The text that records a value as it is now: a string as it is, anything else as JSON. Never throws and never changes the
 * value. What JSON cannot say becomes a marker in square brackets; what is over the limit is cut, and a marker says how much.
 * `undefined` where there is nothing to record.
 */
export function snapshot(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? wellFormed(fit(value, { left: maxLength() })) : snapshotJson(value);
}

/** Like `snapshot`, but JSON for strings too, and `null` for nothing. */
export function snapshotJson(value: unknown): string {
  try {
    if (value instanceof Snapshot) return value.text;
    if (measure(value, maxLength(), 0) >= 0) return JSON.stringify(value) ?? 'null';
  } catch {
    // A getter, a toJSON or a proxy trap has thrown: the careful way marks the place.
  }
  try {
    return JSON.stringify(portray(value, { left: maxLength() }, [])) ?? 'null';
  } catch (error) {
    return JSON.stringify(threw(error));
  }
}

/** The most that is recorded of one value, in UTF-16 code units. */
export function maxLength(): number {
  return sharedState().options.maxValueLength ?? DEFAULT_MAX_LENGTH;
}

/** A property as it is, or a marker where reading it throws. */
export function read(object: object, key: PropertyKey): unknown {
  try {
    return Reflect.get(object, key);
  } catch (error) {
    return threw(error);
  }
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
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    return value instanceof Date && Number.isFinite(value.getTime()) ? room - 26 : -1;
  }
  for (const key in value) {
    left = measure((value as Record<string, unknown>)[key], left - key.length - 4, depth + 1);
    if (left < 0) return -1;
  }
  return left;
}

/** A copy that `JSON.stringify` can say in full. */
function portray(value: unknown, room: Room, ancestors: readonly object[]): unknown {
  if (typeof value === 'string') return fit(value, room);
  room.left -= 6;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return fit(String(value), room);
  if (typeof value === 'symbol') return `[${fit(String(value), room)}]`;
  if (typeof value === 'function') return `[Function: ${fit(String(read(value, 'name')), room)}]`;
  if (typeof value !== 'object' || value === null) return value;
  if (ancestors.includes(value)) return '[Circular]';
  if (ancestors.length >= MAX_DEPTH) return `[truncated: deeper than ${MAX_DEPTH} levels]`;
  try {
    return portrayObject(value, room, [...ancestors, value]);
  } catch (error) {
    return fit(threw(error), room);
  }
}

function portrayObject(value: object, room: Room, path: readonly object[]): unknown {
  if (Array.isArray(value)) return portrayList(value, value.length, room, path);
  const size =
    read(value, 'byteLength') ?? (typeof Blob === 'function' && value instanceof Blob ? value.size : undefined);
  if (typeof size === 'number') return `[${nameOf(value)}: ${size} bytes]`;
  const toJson: unknown = (value as { toJSON?: unknown }).toJSON;
  if (typeof toJson === 'function') {
    return value instanceof Date && Number.isNaN(value.getTime())
      ? '[Invalid Date]'
      : portray(toJson.call(value, ''), room, path);
  }
  if (value instanceof Set) return portrayList([...value], value.size, room, path);
  if (value instanceof Map) {
    const entries = [...value];
    if (!entries.every(([key]) => typeof key === 'string')) return portrayList(entries, entries.length, room, path);
    const byKey = new Map<PropertyKey, unknown>(entries);
    return portrayFields([...byKey.keys()], (key) => byKey.get(key), room, path);
  }
  const keys: PropertyKey[] = Object.keys(value);
  if (value instanceof Error) {
    const hidden = ['name', 'message', 'stack', 'cause', 'errors'];
    const said = hidden.filter((key) => key in value);
    return portrayFields(new Set([...said, ...keys]), (key) => read(value, key), room, path);
  }
  const plain = Object.getPrototypeOf(value);
  if (keys.length === 0 && plain !== null && plain !== Object.prototype && nameOf(value) !== 'Object') {
    const primitive: unknown = value instanceof RegExp ? String(value) : value.valueOf();
    return primitive === value ? `[${nameOf(value)}]` : portray(primitive, room, path);
  }
  return portrayFields(keys, (key) => read(value, key), room, path);
}

function portrayList(items: readonly unknown[], total: number, room: Room, path: readonly object[]): unknown[] {
  const list: unknown[] = [];
  while (list.length < total && room.left > 0) list.push(portray(read(items, list.length), room, path) ?? null);
  if (list.length < total) list.push(`[truncated: ${total - list.length} of ${total} items]`);
  return list;
}

function portrayFields(
  keys: Iterable<PropertyKey>,
  field: (key: PropertyKey) => unknown,
  room: Room,
  path: readonly object[],
): object {
  // Without a prototype, so that a key `__proto__` is a key like any other.
  const fields: Record<string, unknown> = Object.create(null);
  let left = 0;
  let total = 0;
  for (const key of keys) {
    total += 1;
    if (room.left <= 0) left += 1;
    else fields[fit(String(key), room)] = portray(field(key), room, path);
  }
  if (left > 0) fields['[truncated]'] = `${left} of ${total} keys`;
  return fields;
}

function fit(text: string, room: Room): string {
  const kept = cut(text, room.left);
  room.left -= kept.length + 2;
  const lost = text.length - kept.length;
  return lost === 0 ? text : `${kept}[truncated: ${lost} of ${text.length} characters]`;
}

/** The start of a text, without half a surrogate pair at its end. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const kept = text.slice(0, Math.max(0, length));
  return /[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept;
}

/** Lone surrogates cannot be said in UTF-8: they become U+FFFD here, visibly, whatever an encoder would do with them. */
function wellFormed(text: string & { isWellFormed?(): boolean; toWellFormed?(): string }): string {
  return text.isWellFormed?.() === false ? (text.toWellFormed?.() ?? text) : text;
}

/** The name of the object's class. */
export function nameOf(value: object): string {
  const made = read(value, 'constructor');
  return typeof made === 'function' ? String(read(made, 'name')) : 'Object';
}

function threw(error: unknown): string {
  try {
    return `[threw: ${error instanceof Error ? error.message : String(error)}]`;
  } catch {
    return '[threw]';
  }
}
