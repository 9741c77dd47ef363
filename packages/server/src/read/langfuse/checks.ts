import type { Json } from '@powerrag/protocol';
import { testOf, type Value, type ValueKind } from './comparisons.js';
import { refuseCondition, type WrittenCondition } from './filter-json.js';

/** A column that rows are filtered by. */
export interface Column<T> {
  readonly kind: ValueKind;
  readonly read: (row: T) => Value | Promise<Value>;
  /** Is applied to texts that it is compared with whole. */
  readonly normalise?: (text: string) => string;
  /** Whether it reads a body, which takes longer. */
  readonly needsBody?: true;
}

/** The columns of a list. */
export interface Columns<T> {
  readonly named: ReadonlyMap<string, Column<T>>;
  /** One value of the metadata. */
  metadata(kind: 'text' | 'number', key: string): Column<T>;
  /** What is answered, for who asked for something else. */
  readonly answered: string;
}

export const OPERATORS =
  'each with the types and operators of the Langfuse API: string (=, contains, does not contain, starts with, ends with, matches), ' +
  'stringOptions (any of, none of), arrayOptions (any of, none of, all of), number and datetime (=, >, <, >=, <=), ' +
  'boolean (=, <>), null (is null, is not null), and for metadata stringObject, numberObject and categoryOptions';

/** Whether a row meets all conditions. Throws a 400 for a condition that is not answered. */
export function meetsAll<T>(written: readonly WrittenCondition[], columns: Columns<T>): (row: T) => Promise<boolean> {
  const checks = written.map((condition) => {
    const check = toCheck(condition, columns);
    if (check === null) throw refuseCondition(condition, columns.answered);
    return check;
  });
  // Those that read a body come last: most rows never get there.
  checks.sort((a, b) => Number(a.column.needsBody ?? false) - Number(b.column.needsBody ?? false));
  return async (row) => {
    for (const { column, test } of checks) if (!test(await column.read(row))) return false;
    return true;
  };
}

interface Check<T> {
  readonly column: Column<T>;
  readonly test: (value: Value) => boolean;
}

/** The types of conditions on metadata, by those of a column of its own. */
const METADATA_TYPES: ReadonlyMap<unknown, readonly ['text' | 'number', string]> = new Map([
  ['stringObject', ['text', 'string']],
  ['categoryOptions', ['text', 'stringOptions']],
  ['numberObject', ['number', 'number']],
  ['null', ['text', 'null']],
]);

function toCheck<T>(condition: WrittenCondition, { named, metadata }: Columns<T>): Check<T> | null {
  const { column: name, key, type } = condition;
  if (name !== 'metadata') return checkOf(condition, typeof name === 'string' ? named.get(name) : undefined);
  const [kind, ofColumn] = METADATA_TYPES.get(type) ?? [];
  if (kind === undefined || typeof key !== 'string' || key === '') return null;
  return checkOf({ ...condition, type: ofColumn }, metadata(kind, key));
}

function checkOf<T>(condition: WrittenCondition, column: Column<T> | undefined): Check<T> | null {
  const test = column === undefined ? null : testOf(column.kind, condition, column.normalise);
  return column === undefined || test === null ? null : { column, test };
}

/** A value of metadata that was read: under the key itself, else where a path with dots leads. */
export function metadataValue(metadata: Readonly<Record<string, Json>>, key: string, kind: 'text' | 'number'): Value {
  const value = valueAt(metadata, key);
  if (kind === 'number') return typeof value === 'number' ? value : null;
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function valueAt(metadata: Readonly<Record<string, Json>>, key: string): Json | undefined {
  if (Object.hasOwn(metadata, key)) return metadata[key];
  let at: Json | undefined = { ...metadata };
  for (const part of key.split('.')) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = Object.entries(at).find(([name]) => name === part)?.[1];
  }
  return at;
}
