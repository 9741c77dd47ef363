import { metadataText } from '@powerrag/protocol';
import type { StoredTrace } from '../../store/contract.js';
import { NUMBER_OPERATORS, type TraceCondition, type TraceNumber } from '../../store/trace-conditions.js';
import { meetsAll } from './checks.js';
import { isTexts, readFilter, type WrittenCondition } from './filter-json.js';
import { DEFAULT_ENVIRONMENT } from './shapes.js';
import { TRACE_COLUMNS } from './trace-columns.js';

/** What the filter of a list of traces asks for. */
export interface TraceFilter {
  /** What the store answers by itself. */
  readonly query: { readonly sessionId?: string; readonly where: readonly TraceCondition[] };
  /** What is left to ask of each trace; null where the store answers all. */
  readonly matches: ((trace: StoredTrace) => Promise<boolean>) | null;
}

const TEXTS = ['name', 'userId', 'environment', 'version', 'release'] as const;

/** Columns that are numbers, with how many of our units are one of the API's. */
const NUMBERS: ReadonlyMap<string, { readonly number: TraceNumber; readonly unit: number }> = new Map([
  ['latency', { number: 'durationMs', unit: 1_000 }],
  ['inputTokens', { number: 'inputTokens', unit: 1 }],
  ['outputTokens', { number: 'outputTokens', unit: 1 }],
  ['totalTokens', { number: 'totalTokens', unit: 1 }],
  ['tokens', { number: 'totalTokens', unit: 1 }],
  ['totalCost', { number: 'costNano', unit: 1e9 }],
  ['errorCount', { number: 'errorCount', unit: 1 }],
]);

/**
 * Reads `filter` of `GET /api/public/traces`: a JSON list of `{ type, column, operator, value, key? }`. A condition that is not
 * answered is a 400 that names it and what is: leaving it out would answer another question.
 */
export function readTraceFilter(text: string): TraceFilter {
  const where: TraceCondition[] = [];
  const left: WrittenCondition[] = [];
  let sessionId: string | undefined;
  for (const condition of readFilter(text)) {
    const { column, type, operator, value } = condition;
    const isSession = column === 'sessionId' && type === 'string' && operator === '=' && typeof value === 'string';
    if (isSession && sessionId === undefined) sessionId = value;
    else {
      const known = textConditions(condition) ?? numberConditions(condition);
      if (known === null) left.push(condition);
      else where.push(...known);
    }
  }
  return {
    query: { where, ...(sessionId !== undefined && { sessionId }) },
    matches: left.length === 0 ? null : meetsAll(left, TRACE_COLUMNS),
  };
}

function textConditions({ type, column, operator, value, key }: WrittenCondition): TraceCondition[] | null {
  const text = TEXTS.find((name) => name === column);
  // The API's name for the environment of those without one, which no index has.
  if (text === 'environment' && [value].flat().includes(DEFAULT_ENVIRONMENT)) return null;
  if (text !== undefined && type === 'string' && operator === '=' && typeof value === 'string') {
    return [{ kind: 'text', text, anyOf: [value] }];
  }
  if (text !== undefined && type === 'stringOptions' && operator === 'any of' && isTexts(value)) {
    return [{ kind: 'text', text, anyOf: value }];
  }
  if (column === 'tags' && type === 'arrayOptions' && isTexts(value)) {
    if (operator === 'any of') return [{ kind: 'text', text: 'tag', anyOf: value }];
    if (operator === 'all of') return value.map((tag) => ({ kind: 'text', text: 'tag', anyOf: [tag] }));
  }
  const isMetadata = column === 'metadata' && type === 'stringObject' && operator === '=';
  if (isMetadata && typeof key === 'string' && key !== '' && typeof value === 'string') {
    return [{ kind: 'text', text: 'metadata', anyOf: [metadataText({ key, value })] }];
  }
  return null;
}

function numberConditions({ type, column, operator, value }: WrittenCondition): TraceCondition[] | null {
  const compare = NUMBER_OPERATORS.find((name) => name === operator);
  if (column === 'timestamp' && type === 'datetime' && compare !== undefined && compare !== '=') {
    const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    if (!Number.isNaN(ms)) return [{ kind: 'number', number: 'startMs', operator: compare, value: ms }];
  }
  const number = typeof column === 'string' ? NUMBERS.get(column) : undefined;
  if (number !== undefined && type === 'number' && compare !== undefined && typeof value === 'number') {
    const inOurs = number.unit === 1 ? value : Math.round(value * number.unit);
    return [{ kind: 'number', number: number.number, operator: compare, value: inOurs }];
  }
  return null;
}
