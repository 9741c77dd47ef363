import type { Observation } from '../observation/observation.js';
import { compareText } from './order.js';
import { countsOwnCost, countsOwnTokens, type Spend } from './spend-sums.js';

/** A model call of a trace, and what it used by itself. */
export interface RecordedCall extends Pick<Observation, 'id' | 'scope' | 'startMs' | 'endMs'> {
  readonly own: Spend;
}

/** The ids of calls whose own tokens, or cost, are counted with another record of the same request. */
export interface CountedElsewhere {
  readonly tokens: ReadonlySet<string>;
  readonly cost: ReadonlySet<string>;
}

/**
 * With how many of the calls after it each is compared: no request is recorded as often. A constant id, such as that of a mock, may be
 * the id of every call of a trace.
 */
const COMPARED = 32;

/**
 * Finds, among the model calls of a trace with one response id, those that repeat another. Ids are not always unique, so two calls
 * are one request only if two instrumentations recorded them, each under a scope of its own, and their times overlap. Of the two the
 * one with more usage counts, by the comparison of `countedSpend`; if they are equal, the one that comes first: by start, then the
 * longer one, then by id. Tokens and cost are decided separately, and a call that has none repeats nothing. A call above the other,
 * at any depth, is not compared with it here: `countedSpend` compares it with all calls within it.
 *
 * @param calls in any order.
 * @param isAbove whether the observation with the first id is above the one with the second.
 */
export function repeatedCalls(
  calls: readonly RecordedCall[],
  isAbove: (id: string, below: string) => boolean,
): CountedElsewhere {
  const tokens = new Set<string>();
  const cost = new Set<string>();
  const inOrder = calls.toSorted((a, b) => a.startMs - b.startMs || endOf(b) - endOf(a) || compareText(a.id, b.id));
  for (const [at, first] of inOrder.entries()) {
    for (const other of inOrder.slice(at + 1, at + 1 + COMPARED)) {
      // Those after it begin no earlier.
      if (!overlap(first, other)) break;
      if (first.scope === other.scope) continue;
      const repeated = [
        { of: tokens, id: repeatOf(first, other, hasTokens, countsOwnTokens) },
        { of: cost, id: repeatOf(first, other, hasCost, countsOwnCost) },
      ].filter(({ of, id }) => id !== null && !of.has(id));
      if (repeated.length === 0 || isAbove(first.id, other.id) || isAbove(other.id, first.id)) continue;
      for (const { of, id } of repeated) if (id !== null) of.add(id);
    }
  }
  return { tokens, cost };
}

/** Which of two records of a request is not counted; null if only one has something to count. */
function repeatOf(
  first: RecordedCall,
  other: RecordedCall,
  hasAny: (own: Spend) => boolean,
  isFirstCounted: (first: Spend, other: Spend) => boolean,
): string | null {
  if (!hasAny(first.own) || !hasAny(other.own)) return null;
  return isFirstCounted(first.own, other.own) ? other.id : first.id;
}

function hasTokens({ totalTokens }: Spend): boolean {
  return totalTokens !== 0;
}

function hasCost({ costCount }: Spend): boolean {
  return costCount !== 0;
}

/** Whether `first` still ran when `other`, which starts no earlier, began. An open call is running. */
function overlap(first: RecordedCall, other: RecordedCall): boolean {
  return other.startMs < endOf(first) || other.startMs === first.startMs;
}

function endOf({ endMs }: RecordedCall): number {
  return endMs ?? Number.POSITIVE_INFINITY;
}
