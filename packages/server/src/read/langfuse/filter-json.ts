import { badRequest } from '../../base/http-errors.js';
import { quote } from '../../routes/query.js';

/** A condition of a `filter` as a client wrote it: nothing of it is checked but that it is an object. */
export type WrittenCondition = Readonly<Record<string, unknown>>;

const MAX_CONDITIONS = 20;
/** Values of one condition, as many as a field of a query takes. */
const MAX_VALUES = 100;

/** Reads `filter` of the Langfuse API: a JSON list of `{ type, column, operator, value, key? }`, all of which must be met. */
export function readFilter(text: string): readonly WrittenCondition[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw refuseFilter(`must be a JSON list of conditions, got ${quote(text)}`);
  }
  if (!Array.isArray(parsed) || !parsed.every(isObject)) {
    throw refuseFilter(`must be a JSON list of conditions, got ${quote(text)}`);
  }
  if (parsed.length > MAX_CONDITIONS) {
    throw refuseFilter(`takes at most ${MAX_CONDITIONS} conditions, got ${parsed.length}`);
  }
  return parsed;
}

/** The 400 for a condition that is not answered. Leaving it out would answer another question. */
export function refuseCondition(written: WrittenCondition, answered: string) {
  return refuseFilter(
    `has a condition that is not answered, ${quote(JSON.stringify(written))}; answered are ${answered}`,
  );
}

function refuseFilter(what: string) {
  return badRequest(`filter ${what}.`);
}

/** Whether it is some texts, and not too many. */
export function isTexts(value: unknown): value is string[] {
  const isList = Array.isArray(value) && value.length > 0 && value.length <= MAX_VALUES;
  return isList && value.every((each) => typeof each === 'string');
}

function isObject(value: unknown): value is WrittenCondition {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
