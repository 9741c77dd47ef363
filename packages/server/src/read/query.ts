import { badRequest } from '../base/http-errors.js';

/** Values of one field. SQLite nests no more than 1,000 conditions. */
const MAX_VALUES = 100;

/** The query of a request, field by field. A value that cannot be meant is a 400 which names the field and the mend. */
export class Query {
  readonly #values: Readonly<Record<string, string[]>>;

  /** @param values every value of every field, as Hono's `queries()` gives them. */
  constructor(values: Readonly<Record<string, string[]>>) {
    this.#values = values;
  }

  /** The last value, as frameworks commonly read a field given twice; an empty one counts as not given. */
  text(field: string): string | undefined {
    return this.#values[field]?.findLast((value) => value !== '');
  }

  /** The value of each time that the field is given, commas included, 100 at most; undefined when none is given. */
  repeated(field: string): string[] | undefined {
    return this.#atMost(
      field,
      (this.#values[field] ?? []).filter((value) => value !== ''),
    );
  }

  /** All values, whether repeated or separated by commas, 100 at most; undefined when none is given. */
  list(field: string): string[] | undefined {
    const values = (this.#values[field] ?? []).flatMap((value) => value.split(',')).filter((value) => value !== '');
    return this.#atMost(field, values);
  }

  #atMost(field: string, values: string[]): string[] | undefined {
    if (values.length > MAX_VALUES) {
      throw badRequest(`${field} takes at most ${MAX_VALUES} values, got ${values.length}; ask for fewer at a time.`);
    }
    return values.length === 0 ? undefined : values;
  }

  /** A whole number from `min` to `max`. */
  integer(field: string, { min, max, otherwise }: { min: number; max: number; otherwise: number }): number {
    const text = this.text(field);
    if (text === undefined) return otherwise;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw badRequest(
      `${field} must be a whole number from ${min}${max === Number.MAX_SAFE_INTEGER ? ' up' : ` to ${max}`}, got ${quote(text)}.`,
    );
  }

  /** Unix milliseconds of an ISO 8601 time. */
  time(field: string): number | undefined {
    const text = this.text(field);
    if (text === undefined) return undefined;
    // A `+` of an offset that a client left unescaped arrives as a space.
    const ms = Date.parse(text.replace(/ (?=\d{2}:?\d{2}$)/, '+'));
    if (!Number.isNaN(ms)) return ms;
    throw badRequest(`${field} must be an ISO 8601 time such as 2026-01-31T12:00:00Z, got ${quote(text)}.`);
  }

  /** Refuses fields that would change the answer if they were understood: an answer to another question is worse than none. */
  refuse(...fields: readonly { readonly name: string; readonly mend: string }[]): void {
    for (const { name, mend } of fields) {
      if (this.text(name) !== undefined) throw badRequest(`${name} is not supported; ${mend}.`);
    }
  }
}

/** A value of a stranger in a message: in quotes, on one line, and not for ever. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
