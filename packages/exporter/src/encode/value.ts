import type { ByteWriter } from './writer.js';
import { varintBytes } from './writer.js';

/** Tags of `opentelemetry.proto.common.v1.AnyValue`, `ArrayValue` and `KeyValue`. */
const STRING_VALUE = 0x0a;
const BOOL_VALUE = 0x10;
const INT_VALUE = 0x18;
const DOUBLE_VALUE = 0x21;
const ARRAY_VALUE = 0x2a;
const KVLIST_VALUE = 0x32;
const BYTES_VALUE = 0x3a;
const ELEMENT = 0x0a;
const KEY = 0x0a;
const VALUE = 0x12;

/** Deeper values are replaced by a marker, because readers may process them recursively. */
export const MAX_DEPTH = 16;
const TOO_DEEP = '[too deep]';

/** Replaces values that must not leave the process. Called first for each value, with its key. */
export interface Mask {
  (key: string, value: unknown): unknown;
  /** Masks a key. */
  readonly key?: (key: string) => string;
}

/** How strings are changed before they are encoded. */
export interface StringPolicy {
  /** Most characters of a string. Longer ones are cut. */
  readonly maxLength: number;
  readonly mask?: Mask | undefined;
}

export const keepStrings: StringPolicy = { maxLength: Number.POSITIVE_INFINITY };

/** The first `maxLength` characters, without splitting a surrogate pair, and a mark with the original length. */
function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const end = maxLength > 0 && isHighSurrogate(text.charCodeAt(maxLength - 1)) ? maxLength - 1 : maxLength;
  return `${text.slice(0, end)}… [cut from ${text.length} characters]`;
}

/** Masks and cuts a text that is not an attribute, such as a name. `what` is its key for the mask. */
export function prepare(text: string, what: string, strings: StringPolicy): string {
  const masked = strings.mask ? strings.mask(what, text) : text;
  return cut(typeof masked === 'string' ? masked : String(masked), strings.maxLength);
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

/** Writes one `KeyValue` under `tag`. A value without an OTLP type is written as text. */
export function writeAttribute(
  writer: ByteWriter,
  tag: number,
  key: string,
  value: unknown,
  strings: StringPolicy = keepStrings,
): void {
  const masked = strings.mask ? strings.mask(key, value) : value;
  const name = strings.mask?.key ? strings.mask.key(key) : key;
  if (typeof masked === 'string') {
    writeStringAttribute(writer, tag, name, cut(masked, strings.maxLength));
    return;
  }
  const guess = name.length + 16;
  const mark = writer.open(tag, guess);
  writer.string(KEY, name);
  writeValue(writer, VALUE, masked, strings, 0);
  writer.close(mark, guess);
}

/** The common case. The guesses are exact for ASCII text, so that nothing is moved. */
function writeStringAttribute(writer: ByteWriter, tag: number, key: string, text: string): void {
  const valueGuess = 1 + varintBytes(text.length) + text.length;
  const guess = 2 + key.length + 1 + varintBytes(valueGuess) + valueGuess;
  const mark = writer.open(tag, guess);
  writer.string(KEY, key);
  const valueMark = writer.open(VALUE, valueGuess);
  writer.string(STRING_VALUE, text);
  writer.close(valueMark, valueGuess);
  writer.close(mark, guess);
}

function writeValue(writer: ByteWriter, tag: number, value: unknown, strings: StringPolicy, depth: number): void {
  const guess = typeof value === 'string' ? value.length + 2 : 12;
  const mark = writer.open(tag, guess);
  writeKind(writer, value, strings, depth);
  writer.close(mark, guess);
}

function writeKind(writer: ByteWriter, value: unknown, strings: StringPolicy, depth: number): void {
  switch (typeof value) {
    case 'string':
      writer.string(STRING_VALUE, cut(value, strings.maxLength));
      return;
    case 'boolean':
      writer.tag(BOOL_VALUE);
      writer.varint(value ? 1 : 0);
      return;
    case 'number':
      writeNumber(writer, value);
      return;
    case 'bigint':
      writer.string(STRING_VALUE, value.toString());
      return;
    case 'object':
      writeObject(writer, value, strings, depth);
      return;
    case 'undefined':
      return;
    case 'function':
    case 'symbol':
      writer.string(STRING_VALUE, `[${typeof value}]`);
      return;
  }
}

/** Writes safe integers as int64, and all other numbers and -0 as double. */
function writeNumber(writer: ByteWriter, value: number): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
    writer.tag(INT_VALUE);
    writer.int64(value);
  } else {
    writer.tag(DOUBLE_VALUE);
    writer.double(value);
  }
}

function writeObject(writer: ByteWriter, value: object | null, strings: StringPolicy, depth: number): void {
  if (value === null) return;
  if (value instanceof Uint8Array) {
    writer.bytes(BYTES_VALUE, value);
    return;
  }
  if (depth >= MAX_DEPTH) {
    writer.string(STRING_VALUE, TOO_DEEP);
    return;
  }
  if (Array.isArray(value)) {
    const guess = value.length * 12;
    const mark = writer.open(ARRAY_VALUE, guess);
    for (const element of value) writeValue(writer, ELEMENT, element, strings, depth + 1);
    writer.close(mark, guess);
    return;
  }
  const entries = Object.entries(value);
  const guess = entries.length * 24;
  const mark = writer.open(KVLIST_VALUE, guess);
  for (const [key, element] of entries) {
    const entryGuess = key.length + 16;
    const entryMark = writer.open(ELEMENT, entryGuess);
    writer.string(KEY, key);
    writeValue(writer, VALUE, element, strings, depth + 1);
    writer.close(entryMark, entryGuess);
  }
  writer.close(mark, guess);
}
