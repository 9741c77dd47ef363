import { metadataText } from '@powerrag/protocol';
import { NUMBER_OPERATORS, type TraceCondition, type TraceNumber } from '../../store/trace-conditions.js';
import { isTexts, readFilter, refuseCondition, refuseFilter, type WrittenCondition } from './filter-json.js';

/** What the filter of a list of traces asks for. */
export interface TraceFilter {
  readonly sessionId?: string;
  readonly where: readonly TraceCondition[];
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

export const ANSWERED =
  'timestamp (datetime), sessionId (string =), name, userId, environment, version and release (string =, stringOptions any of), ' +
  'tags (arrayOptions any of, all of), metadata (stringObject =), latency, inputTokens, outputTokens, totalTokens, totalCost and errorCount (number)';

/**
 * Reads `filter` of `GET /api/public/traces`: a JSON list of `{ type, column, operator, value, key? }`. A condition that is not
 * answered is a 400 that names it and what is: leaving it out would answer another question.
 */
export function readTraceFilter(text: string): TraceFilter {
  const conditions = readFilter(text);
  const where: TraceCondition[] = [];
  let sessionId: string | undefined;
  for (const condition of conditions) {
    const { column, type, operator, value } = condition;
    if (column === 'sessionId' && type === 'string' && operator === '=' && typeof value === 'string') {
      if (sessionId !== undefined && sessionId !== value)
        throw refuseFilter('names two sessions; ask for one at a time');
      sessionId = value;
    } else where.push(...toConditions(condition));
  }
  return { where, ...(sessionId !== undefined && { sessionId }) };
}

function toConditions(written: WrittenCondition): TraceCondition[] {
  const conditions = textConditions(written) ?? numberConditions(written);
  if (conditions !== null) return conditions;
  throw refuseCondition(written, ANSWERED);
}

function textConditions({ type, column, operator, value, key }: WrittenCondition): TraceCondition[] | null {
  const text = TEXTS.find((name) => name === column);
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
