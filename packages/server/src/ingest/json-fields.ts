import type { Json } from '@powerrag/protocol';
import { MAX_UNIX_MS } from '../observation/observation.js';

/** A field of an event is invalid. The message names the field and the fix. */
export class InvalidField extends Error {
  override readonly name = 'InvalidField';
}

/** Reads an object of a request field by field. A field that is null or absent is undefined; one of the wrong type throws `InvalidField`. */
export class JsonFields {
  readonly #values: Readonly<Record<string, Json>>;
  readonly #where: string;

  /** @param where the name of the object in messages: `body`. */
  constructor(value: Json | undefined, where: string) {
    if (!isObject(value)) throw new InvalidField(`${where} must be a JSON object.`);
    this.#values = value;
    this.#where = where;
  }

  json(field: string): Json | undefined {
    const value = Object.hasOwn(this.#values, field) ? this.#values[field] : undefined;
    return value === null ? undefined : value;
  }

  /** A string; a number or a boolean is converted. */
  text(field: string): string | undefined {
    const value = this.json(field);
    if (value === undefined || value === '') return undefined;
    if (typeof value === 'object') throw this.#wrong(field, 'a string');
    return String(value);
  }

  required(field: string): string {
    const text = this.text(field);
    if (text === undefined) throw new InvalidField(`${this.#where}.${field} is missing; send a string.`);
    return text;
  }

  boolean(field: string): boolean | undefined {
    const value = this.json(field);
    if (value !== undefined && typeof value !== 'boolean') throw this.#wrong(field, 'true or false');
    return value;
  }

  number(field: string): number | undefined {
    const value = this.json(field);
    if (value !== undefined && typeof value !== 'number') throw this.#wrong(field, 'a number');
    return value;
  }

  /** Unix milliseconds of an ISO 8601 instant, to the microsecond. */
  instant(field: string): number | undefined {
    const value = this.json(field);
    if (value === undefined) return undefined;
    const ms = typeof value === 'string' ? instantOf(value) : Number.NaN;
    if (Number.isNaN(ms)) throw this.#wrong(field, 'an ISO 8601 time such as 2026-01-31T12:00:00Z');
    return ms;
  }

  requiredInstant(field: string): number {
    const ms = this.instant(field);
    if (ms === undefined) throw new InvalidField(`${this.#where}.${field} is missing; send an ISO 8601 time.`);
    return ms;
  }

  /** One of these, ignoring case. */
  choice<T extends string>(field: string, choices: readonly T[]): T | undefined {
    const text = this.text(field);
    if (text === undefined) return undefined;
    const found = choices.find((choice) => choice.toLowerCase() === text.toLowerCase());
    if (found === undefined) throw this.#wrong(field, `one of ${choices.join(', ')}`);
    return found;
  }

  /** An object, unchanged. */
  object(field: string): Readonly<Record<string, Json>> | undefined {
    const value = this.json(field);
    if (value !== undefined && !isObject(value)) throw this.#wrong(field, 'a JSON object');
    return value;
  }

  /** Metadata of any type: a value that is not an object becomes the single entry `metadata`. */
  metadata(field: string): Readonly<Record<string, Json>> | undefined {
    const value = this.json(field);
    return value === undefined || isObject(value) ? value : { metadata: value };
  }

  /** A list of strings. */
  texts(field: string): string[] | undefined {
    const value = this.json(field);
    if (value === undefined) return undefined;
    if (!isList(value) || !value.every((item) => typeof item === 'string')) {
      throw this.#wrong(field, 'a list of strings');
    }
    return value.filter((item) => typeof item === 'string');
  }

  #wrong(field: string, expected: string): InvalidField {
    return new InvalidField(`${this.#where}.${field} must be ${expected}.`);
  }
}

/** A string unchanged, anything else as JSON; undefined for null. */
export function bodyText(value: Json | undefined): string | undefined {
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}

export function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !isList(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** NaN unless it is a time from 1970 on that OTLP can hold. A time without a zone is UTC, as Python writes it. */
function instantOf(text: string): number {
  const match = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?)(\.\d+)?(Z|[+-]\d\d:?\d\d)?$/i.exec(text.trim());
  if (match === null) return Number.NaN;
  const [, dateTime = '', fraction = '', zone = 'Z'] = match;
  const ms = Date.parse(`${dateTime.replace(' ', 'T')}${zone.toUpperCase()}`);
  const exact = ms + Math.round(Number(`0${fraction}`) * 1_000_000) / 1_000;
  return exact >= 0 && exact <= MAX_UNIX_MS ? exact : Number.NaN;
}
