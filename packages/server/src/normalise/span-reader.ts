import type { Json } from '@powerrag/protocol';
import { isTooDeep } from '../base/json-depth.js';
import type { BodyText } from '../observation/observation.js';
import type { OtlpSpan } from '../otlp/otlp.js';
import { firstWord, type KeySet, keySetOf } from './key-set.js';

/** Reads one field of an observation off a span; undefined where the span does not say. */
export type Rule<T> = (span: SpanReader) => T | undefined;

/**
 * The first rule that finds something wins; those after it are not asked, so what they would read stays unclaimed. A rule that found
 * nothing and looked at nothing but keys is not asked again for a span with the same keys.
 */
export function firstOf<T>(...rules: readonly Rule<T>[]): Rule<T> {
  return (span) => {
    for (const rule of span.keys.partOf(rules)) {
      const looksBefore = span.looks;
      const value = rule(span);
      if (value !== undefined) return value;
      if (span.looks === looksBefore) span.keys.leaveOut(rule, rules);
    }
    return undefined;
  };
}

/** Text under the first of these keys that has any. */
export function textAt(...keys: readonly string[]): Rule<string> {
  return firstAt(keys, (span, key) => span.text(key));
}

/** The same, where a convention writes its values as JSON: a text in JSON's quotes is read without them. */
export function encodedTextAt(...keys: readonly string[]): Rule<string> {
  return firstAt(keys, (span, key) => span.encodedText(key));
}

/** A body under the first of these keys that has one. */
export function bodyAt(...keys: readonly string[]): Rule<BodyText> {
  return firstAt(keys, (span, key) => span.body(key));
}

/** A count under the first of these keys that has one. */
export function countAt(...keys: readonly string[]): Rule<number> {
  return firstAt(keys, (span, key) => span.count(key));
}

/** A count under the first of these keys that has one of at most `maximum`. */
export function countUpTo(maximum: number, ...keys: readonly string[]): Rule<number> {
  return firstAt(keys, (span, key) => span.count(key, maximum));
}

function firstAt<T>(keys: readonly string[], read: (span: SpanReader, key: string) => T | undefined): Rule<T> {
  return (span) => {
    for (const key of span.keys.present(keys)) {
      const found = read(span, key);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/**
 * A span's attributes, with a memory of which were used: the rest is shown as metadata, so nothing that was sent is lost.
 * A value of the wrong kind is not used, hence not claimed.
 */
export class SpanReader {
  readonly keys: KeySet;
  readonly #span: OtlpSpan;
  readonly #claimed = new Set<string>();
  #looks = 0;

  constructor(span: OtlpSpan) {
    this.#span = span;
    this.keys = keySetOf(span.attributes);
  }

  /** How often something was looked at that the keys alone do not tell. */
  get looks(): number {
    return this.#looks;
  }

  get span(): OtlpSpan {
    this.#looks += 1;
    return this.#span;
  }

  /**
   * Whether the first word of any key is this one. Most spans know one convention; this is what it takes to see that the
   * others have nothing to say.
   */
  mentions(word: string): boolean {
    return this.keys.words.has(word);
  }

  has(key: string): boolean {
    return this.#span.attributes.has(key);
  }

  /** The value as it is, not claimed. */
  peek(key: string): Json | undefined {
    const value = this.#span.attributes.get(key);
    if (value !== undefined) this.#looks += 1;
    return value;
  }

  claim(key: string): void {
    this.#looks += 1;
    this.#claimed.add(key);
  }

  /** Non-empty text; a number or boolean as its text. */
  text(key: string): string | undefined {
    return this.#use(key, textOf);
  }

  /** The same, without the quotes of JSON where the text is a JSON string. JSON's `null` is not text. */
  encodedText(key: string): string | undefined {
    return this.#use(key, encodedTextOf);
  }

  /** One of these names, whatever its case. */
  choice<T extends string>(key: string, names: readonly T[]): T | undefined {
    return this.#use(key, (value) => {
      const text = textOf(value)?.toLowerCase();
      return names.find((name) => name.toLowerCase() === text);
    });
  }

  /** Text, whatever its case, read through a table of known values in lower case. A value that is not in it is not claimed. */
  lookUp<T>(key: string, table: ReadonlyMap<string, T>): T | undefined {
    return this.#use(key, (value) => table.get(encodedTextOf(value)?.trim().toLowerCase() ?? ''));
  }

  /** A finite number, or text that is one. */
  number(key: string): number | undefined {
    return this.#use(key, numberOf);
  }

  /** A count: a number as above, not negative nor above `maximum`. */
  count(key: string, maximum = Number.POSITIVE_INFINITY): number | undefined {
    return this.#use(key, (value) => {
      const count = countOf(value);
      return count !== undefined && count <= maximum ? count : undefined;
    });
  }

  /** A JSON object, as such or in text of at most `maxLength`. */
  object(key: string, maxLength = Number.POSITIVE_INFINITY): Readonly<Record<string, Json>> | undefined {
    return this.#use(key, (value) =>
      typeof value === 'string' && value.length > maxLength ? undefined : objectOf(value),
    );
  }

  /** Text as it is, anything else as JSON. Empty text is a body too. */
  body(key: string): BodyText | undefined {
    return this.#use(key, (value) => (value === null ? undefined : bodyOf(value)));
  }

  /** An array of which each element is JSON in text, as one JSON array. */
  bodies(key: string): BodyText | undefined {
    return this.#use(key, (value) => (Array.isArray(value) ? `[${value.map(jsonOf).join(',')}]` : undefined));
  }

  /** A list of texts: an array, a JSON array in text, or text with commas. */
  list(key: string): readonly string[] | undefined {
    return this.#use(key, listOf);
  }

  /** Reads a value through `read`, and claims it if that finds something. */
  #use<T>(key: string, read: (value: Json) => T | undefined): T | undefined {
    const value = this.peek(key);
    if (value === undefined) return undefined;
    const found = read(value);
    if (found !== undefined) this.#claimed.add(key);
    return found;
  }

  /** Every unclaimed attribute whose key starts with `prefix`, by the rest of its key. All of them are claimed. */
  takeUnder(prefix: string, { except }: { readonly except?: string } = {}): [rest: string, value: Json][] {
    if (!this.mentions(firstWord(prefix))) return [];
    const found: [string, Json][] = [];
    for (const [key, value] of this.#span.attributes) {
      if (key.length <= prefix.length || !key.startsWith(prefix)) continue;
      this.#looks += 1;
      if (this.#claimed.has(key)) continue;
      if (except !== undefined && key.startsWith(except)) continue;
      this.#claimed.add(key);
      found.push([key.slice(prefix.length), value]);
    }
    return found;
  }

  /**
   * The elements of a list that is spread over attributes, such as `list.0.name` and `list.1.name`: their prefixes
   * (`list.0.`, `list.1.`) in the order of their numbers. Of a list that is too long
   * the first `MAX_ELEMENTS`: the rest stays unclaimed.
   */
  elements(list: string): readonly string[] {
    if (!this.mentions(firstWord(list))) return [];
    const numbers = [...(this.keys.lists.get(list) ?? [])].sort((a, b) => a - b);
    return numbers.slice(0, MAX_ELEMENTS).map((number) => `${list}.${number}.`);
  }

  *unclaimed(): Generator<[key: string, value: Json]> {
    for (const entry of this.span.attributes) {
      if (!this.#claimed.has(entry[0])) yield entry;
    }
  }
}

export function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** The text; of a JSON string the text within its quotes, also where it was written as JSON twice. JSON's `null` is not text. */
export function encodedTextOf(value: Json | undefined): string | undefined {
  const text = textOf(withoutQuotes(value));
  return text === 'null' ? undefined : text;
}

/** A text that is a JSON string, without its quotes. Anything else as it is. */
export function withoutQuotes(value: Json | undefined): Json | undefined {
  let text = value;
  for (let times = 0; times < 2 && typeof text === 'string' && /^\s*".*"\s*$/s.test(text); times++) {
    const inner = parseJson(text);
    if (typeof inner !== 'string') break;
    text = inner;
  }
  return text;
}

export function numberOf(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A finite number, not negative, or text that is one. */
export function countOf(value: Json | undefined): number | undefined {
  const number = numberOf(value);
  return number !== undefined && number >= 0 ? number : undefined;
}

/** Whether both are there and read the same; a list of one element reads like the element. */
export function sameText(value: Json | undefined, other: Json | undefined): boolean {
  return value !== undefined && other !== undefined && String(value) === String(other);
}

function objectOf(value: Json | undefined): Readonly<Record<string, Json>> | undefined {
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  return isObject(parsed) ? parsed : undefined;
}

function bodyOf(value: Json): BodyText {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function jsonOf(value: Json): string {
  return typeof value === 'string' && parseJson(value) !== undefined ? value : JSON.stringify(value);
}

/** Texts of a list that are read, such as tags: more than any client sends. */
const MAX_ITEMS = 1_000;

/** Elements of a list spread over attributes that are read, such as messages: as many as ingest leaves of a span, two attributes each. */
const MAX_ELEMENTS = 4_000;

function listOf(given: Json): readonly string[] | undefined {
  const value = withoutQuotes(given);
  const parsed = typeof value === 'string' && value.trimStart().startsWith('[') ? (parseJson(value) ?? value) : value;
  const all = Array.isArray(parsed) ? parsed : typeof parsed === 'string' ? parsed.split(',', MAX_ITEMS) : [];
  const items = all.slice(0, MAX_ITEMS);
  const texts = items.map((item) => encodedTextOf(item)?.trim() ?? '').filter((text) => text !== '');
  return texts.length === 0 ? undefined : [...new Set(texts)];
}

/** Undefined where the text is not JSON, or is nested too deep to write it again. */
export function parseJson(text: string): Json | undefined {
  if (isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isObject(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
