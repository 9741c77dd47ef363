import type { Json } from '@powerrag/protocol';

/** What the copy button copies: the text of a string, else indented JSON. */
export function printJson(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/** The beginning of a value on one line, made from no more of it than is shown. At most `most` UTF-16 units. */
export function previewJson(value: Json, most: number): string {
  if (typeof value === 'string') return value.slice(0, most);
  return JSON.stringify(beginningOf(value, { left: most })).slice(0, most);
}

/** The beginning of a value, of about as many characters as the budget has left; takes them from it. */
function beginningOf(value: Json, budget: { left: number }): Json {
  if (budget.left <= 0) return null;
  budget.left--;
  if (typeof value === 'string') return take(value, budget);
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const item of value) {
      if (budget.left <= 0) break;
      items.push(beginningOf(item, budget));
    }
    return items;
  }
  if (value === null || typeof value !== 'object') return value;
  const fields: [string, Json][] = [];
  for (const [name, field] of Object.entries(value)) {
    if (budget.left <= 0) break;
    fields.push([take(name, budget), beginningOf(field, budget)]);
  }
  return Object.fromEntries(fields);
}

function take(text: string, budget: { left: number }): string {
  const beginning = text.slice(0, budget.left);
  budget.left -= beginning.length;
  return beginning;
}

/** A JSON object or array that a text is, and whether its values print as they were written. */
export interface WrittenJson {
  readonly value: Json;
  /** False where a number would look different, such as `1.50` or one of 20 digits. */
  readonly isExact: boolean;
}

/** Reads a text that is a JSON object or array and nothing else. Null for any other text, plain numbers and strings included. */
export function readWrittenJson(text: string): WrittenJson | null {
  const first = /\S/.exec(text)?.[0];
  if (first !== '{' && first !== '[') return null;
  if (!/[\]}]\s*$/.test(text.slice(-100))) return null;
  try {
    return { value: JSON.parse(text) as Json, isExact: !INEXACT_NUMBER.test(text) };
  } catch {
    return null;
  }
}

/** Found in strings as well: then the text is shown as it was written, which is never wrong. */
const INEXACT_NUMBER = /[:[,\s]-?(?:\d+\.\d*0(?!\d)|\d[\d.]{15}|\d[\d.]*[eE])/;
