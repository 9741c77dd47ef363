import type { StoredTrace } from './contract.js';
import { type FindableText, inUtf8, type TextKind } from './findable-texts.js';
import { dollarsToNano } from './totals.js';

/** What a trace is compared by: times and durations in milliseconds, costs in billionths of a US dollar. */
export type TraceNumber =
  | 'startMs'
  | 'endMs'
  | 'durationMs'
  | 'inputTokens'
  | 'outputTokens'
  | 'totalTokens'
  | 'costNano'
  | 'errorCount';

export const NUMBER_OPERATORS = ['=', '>', '<', '>=', '<='] as const;

/** A condition on a trace, as data. */
export type TraceCondition =
  | {
      readonly kind: 'text';
      readonly text: Exclude<TextKind, 'model' | 'service' | 'conversationId'>;
      /** Of metadata `key=value`, as `metadataText` writes it. */
      readonly anyOf: readonly string[];
    }
  | {
      readonly kind: 'number';
      readonly number: TraceNumber;
      readonly operator: (typeof NUMBER_OPERATORS)[number];
      readonly value: number;
    };

/** @param texts of the trace. */
export function meetsCondition(trace: StoredTrace, texts: readonly FindableText[], condition: TraceCondition): boolean {
  if (condition.kind === 'text') {
    const wanted = new Set(condition.anyOf.map(inUtf8));
    return texts.some(({ kind, value }) => kind === condition.text && wanted.has(value));
  }
  const { operator, value } = condition;
  const number = numberOf(trace, condition.number);
  switch (operator) {
    case '=':
      return number === value;
    case '>':
      return number > value;
    case '<':
      return number < value;
    case '>=':
      return number >= value;
    case '<=':
      return number <= value;
  }
}

function numberOf(trace: StoredTrace, number: TraceNumber): number {
  if (number === 'durationMs') return trace.endMs - trace.startMs;
  return number === 'costNano' ? dollarsToNano(trace.totalCost ?? 0) : trace[number];
}
