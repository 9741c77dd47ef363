import { MOST, sumTotals, type Totals } from './totals.js';

/** What model calls used: the part of `Totals` that must not be counted twice. */
export type Spend = Pick<
  Totals,
  'inputTokens' | 'outputTokens' | 'totalTokens' | 'costNano' | 'costCount' | 'estimatedCount'
>;

export const NO_SPEND: Spend = {
  inputTokens: 0,
  outputTokens: 0,
  totalTokens: 0,
  costNano: 0,
  costCount: 0,
  estimatedCount: 0,
};

/** Whether a sum is too large to be kept by adding and subtracting: see `sumSpend`. */
export function isBeyondBound(spend: Spend): boolean {
  return Object.values(spend).some((value) => Math.abs(value) > MOST);
}

/** The sum within the bound of totals, independent of the order. */
export function sumSpend(parts: readonly Spend[]): Spend {
  const { inputTokens, outputTokens, totalTokens, costNano, costCount, estimatedCount } = sumTotals(
    parts.map((part) => ({ ...part, observationCount: 0, errorCount: 0 })),
  );
  return { inputTokens, outputTokens, totalTokens, costNano, costCount, estimatedCount };
}

/** Exact while no sum exceeds the bound. */
export function addSpend(a: Spend, b: Spend, times: 1 | -1 = 1): Spend {
  return {
    inputTokens: a.inputTokens + times * b.inputTokens,
    outputTokens: a.outputTokens + times * b.outputTokens,
    totalTokens: a.totalTokens + times * b.totalTokens,
    costNano: a.costNano + times * b.costNano,
    costCount: a.costCount + times * b.costCount,
    estimatedCount: a.estimatedCount + times * b.estimatedCount,
  };
}

/**
 * The usage that counts for a model call with calls within it. The same call was recorded by several instrumentations, or the
 * outer one is a wrapper: its own usage or the sum of the calls within it counts, whichever is more. Tokens and cost are compared
 * separately, since different instrumentations may have recorded them. A cost that was sent stands over estimates of any size.
 */
export function countedSpend(own: Spend, within: Spend): Spend {
  const { inputTokens, outputTokens, totalTokens } = countsOwnTokens(own, within) ? own : within;
  const { costNano, costCount, estimatedCount } = countsOwnCost(own, within) ? own : within;
  return { inputTokens, outputTokens, totalTokens, costNano, costCount, estimatedCount };
}

/** Whether a call counts by its own tokens and not by those of the calls within it. */
export function countsOwnTokens(own: Spend, within: Spend): boolean {
  return own.totalTokens >= within.totalTokens;
}

/** The same for the cost. */
export function countsOwnCost(own: Spend, within: Spend): boolean {
  if (own.costCount === 0 || within.costCount === 0) return own.costCount > 0;
  const [ownIsSent, withinIsSent] = [isSent(own), isSent(within)];
  return ownIsSent === withinIsSent ? own.costNano >= within.costNano : ownIsSent;
}

/** Whether any of the cost was sent, and not estimated. */
function isSent({ costCount, estimatedCount }: Spend): boolean {
  return costCount > estimatedCount;
}
