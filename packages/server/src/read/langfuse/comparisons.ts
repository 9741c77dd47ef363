import { isTexts, type WrittenCondition } from './filter-json.js';

/** A value that a condition looks at. Times are Unix milliseconds. */
export type Value = string | number | boolean | readonly string[] | null;

/** What kind of values a column has, when it has one. */
export type ValueKind = 'text' | 'number' | 'time' | 'texts' | 'boolean';

type Test = (value: Value) => boolean;

/**
 * The test that a condition of the Langfuse API asks for on values of a kind; null when it asks for none of this kind.
 *
 * @param normalise is applied to texts that a value is compared with whole.
 */
export function testOf(
  kind: ValueKind,
  { type, operator, value }: WrittenCondition,
  normalise: (text: string) => string = (text) => text,
): Test | null {
  if (type === 'null') return nullTest(operator);
  switch (kind) {
    case 'text':
      return textTest(type, operator, value, normalise);
    case 'texts':
      return type === 'arrayOptions' && isTexts(value) ? optionsTest(operator, value) : null;
    case 'number':
      return type === 'number' && typeof value === 'number' ? numberTest(operator, value) : null;
    case 'time':
      return type === 'datetime' && operator !== '=' ? numberTest(operator, timeOf(value)) : null;
    case 'boolean':
      return type === 'boolean' && typeof value === 'boolean' ? booleanTest(operator, value) : null;
  }
}

function nullTest(operator: unknown): Test | null {
  if (operator === 'is null') return (actual) => actual === null;
  return operator === 'is not null' ? (actual) => actual !== null : null;
}

function booleanTest(operator: unknown, wanted: boolean): Test | null {
  if (operator === '=') return (actual) => actual === wanted;
  return operator === '<>' ? (actual) => actual !== wanted : null;
}

function textTest(type: unknown, operator: unknown, value: unknown, normalise: (text: string) => string): Test | null {
  if (type === 'stringOptions' && isTexts(value)) return optionsTest(operator, value.map(normalise));
  if (type !== 'string' || typeof value !== 'string') return null;
  const wanted = normalise(value);
  const ofText = (test: (text: string) => boolean) => (actual: Value) => typeof actual === 'string' && test(actual);
  switch (operator) {
    case '=':
      return ofText((text) => text === wanted);
    case 'contains':
      return ofText((text) => text.includes(value));
    case 'does not contain':
      return (actual) => typeof actual !== 'string' || !actual.includes(value);
    case 'starts with':
      return ofText((text) => text.startsWith(value));
    case 'ends with':
      return ofText((text) => text.endsWith(value));
    case 'matches':
      return ofText((text) => text.toLowerCase().includes(value.toLowerCase()));
    default:
      return null;
  }
}

/** Of a value that is one text, that text is asked for; of several, whether any, none or all of the wanted are among them. */
function optionsTest(operator: unknown, wanted: readonly string[]): Test | null {
  const has = (actual: Value, one: string) => (Array.isArray(actual) ? actual.includes(one) : actual === one);
  switch (operator) {
    case 'any of':
      return (actual) => wanted.some((one) => has(actual, one));
    case 'none of':
      return (actual) => !wanted.some((one) => has(actual, one));
    case 'all of':
      return (actual) => wanted.every((one) => has(actual, one));
    default:
      return null;
  }
}

/** @param wanted NaN for what is not a number: there is no such test. */
function numberTest(operator: unknown, wanted: number): Test | null {
  if (Number.isNaN(wanted)) return null;
  const ofNumber = (test: (number: number) => boolean) => (actual: Value) => typeof actual === 'number' && test(actual);
  switch (operator) {
    case '=':
      return ofNumber((number) => number === wanted);
    case '>':
      return ofNumber((number) => number > wanted);
    case '<':
      return ofNumber((number) => number < wanted);
    case '>=':
      return ofNumber((number) => number >= wanted);
    case '<=':
      return ofNumber((number) => number <= wanted);
    default:
      return null;
  }
}

/** Unix milliseconds of an ISO 8601 time; NaN for anything else. */
export function timeOf(value: unknown): number {
  return typeof value === 'string' ? Date.parse(value) : Number.NaN;
}
