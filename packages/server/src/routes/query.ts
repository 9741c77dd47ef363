import { readNumber } from '@powerrag/protocol';
import { validator } from 'hono-openapi';
import * as v from 'valibot';
import { badRequest } from '../base/http-errors.js';

/** Values of one field. SQLite nests no more than 1,000 conditions. */
const MAX_VALUES = 100;

/** A field as Hono reads it: an array when it is given more than once. An empty value counts as not given. */
const given = v.optional(v.union([v.string(), v.array(v.string())]), '');

/** A value that the field does not take. The message follows the field's name. */
class Invalid {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** @param schema what the OpenAPI document says of the field; @param read gets every value that is not empty. */
function field<T>(schema: Readonly<Record<string, unknown>>, read: (values: readonly string[]) => T | Invalid) {
  return v.pipe(
    given,
    v.rawTransform<string | string[], T>(({ dataset, addIssue, NEVER }) => {
      const result = read([dataset.value].flat().filter((value) => value !== ''));
      if (!(result instanceof Invalid)) return result;
      addIssue({ message: result.message });
      return NEVER;
    }),
    v.metadata({ schema }),
  );
}

/** One value of any text. Of several the last stands, as frameworks commonly read it. */
export function text(description: string) {
  return field({ type: 'string', description }, (values) => values.at(-1));
}

/** Every value that the field is given, commas included; 100 at most. */
export function repeated(description: string) {
  return field(list(description), atMost);
}

/** Values separated by commas or given one by one; 100 at most. */
export function commaSeparated(description: string) {
  return field(list(description), (values) => atMost(splitAtCommas(values)));
}

/** Some of the named values, separated by commas. Default: all. */
export function someOf<const T extends string>(names: readonly T[], description: string) {
  return field(list(description, names), (values): Invalid | ReadonlySet<T> => {
    const all = splitAtCommas(values);
    const unknown = all.find((value) => !names.some((name) => name === value));
    if (unknown !== undefined) return new Invalid(`must be some of ${names.join(', ')}, got ${quote(unknown)}`);
    return new Set(all.length === 0 ? names : names.filter((name) => all.includes(name)));
  });
}

/** One of the named values. Default: the first. */
export function oneOf<const T extends string>(names: readonly [T, ...(readonly T[])], description: string) {
  return field({ type: 'string', enum: names, default: names[0], description }, (values): T | Invalid => {
    const value = values.at(-1) ?? names[0];
    const name = names.find((each) => each === value);
    return name ?? new Invalid(`must be ${listed(names)}, got ${quote(value)}`);
  });
}

/** One of the named values, or none. */
export function optionalOneOf<const T extends string>(names: readonly T[], description: string) {
  return field({ type: 'string', enum: names, description }, (values): T | undefined | Invalid => {
    const value = values.at(-1);
    if (value === undefined) return undefined;
    return names.find((each) => each === value) ?? new Invalid(`must be ${listed(names)}, got ${quote(value)}`);
  });
}

/** `true` or `false`. */
export function boolean(description: string) {
  return field({ type: 'boolean', description }, (values): boolean | undefined | Invalid => {
    const value = values.at(-1);
    if (value === undefined) return undefined;
    if (value === 'true' || value === 'false') return value === 'true';
    return new Invalid(`must be true or false, got ${quote(value)}`);
  });
}

/** A finite number in decimal. */
export function decimal(description: string) {
  return field({ type: 'number', description }, (values): number | undefined | Invalid => {
    const value = values.at(-1);
    if (value === undefined) return undefined;
    return readNumber(value) ?? new Invalid(`must be a number such as 0.5, got ${quote(value)}`);
  });
}

/** What `read` makes of every value; 100 at most. Null of it is a 400 that says `fix`. */
export function eachRead<T>(description: string, read: (value: string) => T | null, fix: string) {
  return field(list(description), (values): readonly T[] | undefined | Invalid => {
    const given = atMost(values);
    if (given === undefined || given instanceof Invalid) return given;
    const found: T[] = [];
    for (const value of given) {
      const one = read(value);
      if (one === null) return new Invalid(`${fix}; got ${quote(value)}`);
      found.push(one);
    }
    return found;
  });
}

/** A whole number from `min` to `max`. */
export function integer(
  description: string,
  { min, max, otherwise }: { readonly min: number; readonly max?: number; readonly otherwise: number },
) {
  const schema = { type: 'integer', minimum: min, ...(max !== undefined && { maximum: max }), default: otherwise };
  return field({ ...schema, description }, (values): number | Invalid => {
    const value = values.at(-1);
    if (value === undefined) return otherwise;
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= min && number <= (max ?? Number.MAX_SAFE_INTEGER)) return number;
    return new Invalid(
      `must be a whole number from ${min}${max === undefined ? ' up' : ` to ${max}`}, got ${quote(value)}`,
    );
  });
}

/** An ISO 8601 time, read as Unix milliseconds. */
export function time(description: string) {
  return field({ type: 'string', format: 'date-time', description }, (values): number | undefined | Invalid => {
    const value = values.at(-1);
    if (value === undefined) return undefined;
    // A `+` of an offset that a client did not escape arrives as a space.
    const ms = Date.parse(value.replace(/ (?=\d{2}:?\d{2}$)/, '+'));
    return Number.isNaN(ms)
      ? new Invalid(`must be an ISO 8601 time such as 2026-01-31T12:00:00Z, got ${quote(value)}`)
      : ms;
  });
}

/** A field that would change the answer if it were supported: refused, so that nobody gets the answer to another question. */
export function unsupported(fix: string) {
  return field({ type: 'string', deprecated: true, description: `Not supported; ${fix}.` }, (values) =>
    values.length === 0 ? undefined : new Invalid(`is not supported; ${fix}`),
  );
}

type Fields = Readonly<Record<string, v.GenericSchema<string | string[] | undefined, unknown>>>;

/**
 * Reads the query of a request and documents it. `context.req.valid('query')` has every field; a value that a field does not
 * take is a 400 whose message names the field and the fix. Unknown fields are ignored.
 */
export function query<F extends Fields>(fields: F) {
  return validator(
    'query',
    v.object(fields),
    (result) => {
      if (result.success) return;
      const [issue] = result.error;
      const [segment] = issue?.path ?? [];
      const name = typeof segment === 'object' ? segment.key : segment;
      throw badRequest(`${String(name)} ${issue?.message}.`);
    },
    { options: { overrideAction: documented } },
  );
}

/** What `field` says of itself replaces what can be told from its schema. */
function documented({ valibotAction, jsonSchema }: { valibotAction: object; jsonSchema: object }): object {
  const { metadata } = valibotAction as { metadata?: { schema?: object } };
  return metadata?.schema ?? jsonSchema;
}

function list(description: string, names?: readonly string[]) {
  const items = { type: 'string', ...(names && { enum: names }) };
  return { type: 'array', maxItems: MAX_VALUES, items, description };
}

function splitAtCommas(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(',')).filter((value) => value !== '');
}

function atMost(values: readonly string[]): readonly string[] | undefined | Invalid {
  if (values.length <= MAX_VALUES) return values.length === 0 ? undefined : values;
  return new Invalid(`takes at most ${MAX_VALUES} values, got ${values.length}; ask for fewer at a time`);
}

function listed(names: readonly string[]): string {
  return names.length > 2 ? `one of ${names.join(', ')}` : names.join(' or ');
}

/** A value of a stranger in a message: in quotes, on one line, at most 100 characters. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
