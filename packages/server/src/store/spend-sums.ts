import { MOST, sumTotals, type Totals } from './totals.js';

/** What model calls used: the part of `Totals` that must not be counted twice. */
export type SpendTotals = Pick<
  Totals,
  'inputTokens' | 'outputTokens' | 'totalTokens' | 'costNano' | 'costCount' | 'estimatedCount'
>;

/** The same, with what tells how much is known of it. */
export interface Spend extends SpendTotals {
  /** How many of the tokens are told apart from the others: cached, reasoning, … */
  readonly detailTokens: number;
}

export const NO_TOTALS: SpendTotals = {
  inputTokens: 0,
  outputTokens: 0,
  totalTokens: 0,
  costNano: 0,
  costCount: 0,
  estimatedCount: 0,
};

export const NO_SPEND: Spend = { ...NO_TOTALS, detailTokens: 0 };

/** Whether a sum is too large to be kept by adding and subtracting: see `sumSpend`. */
export function isBeyondBound(spend: SpendTotals): boolean {
  return Object.values(spend).some((value) => Math.abs(value) > MOST);
}

/** The sum within the bound of totals, independent of the order. */
export function sumSpend(parts: readonly Spend[]): Spend {
  const {
    observationCount: _,
    errorCount: __,
    ...sum
  } = sumTotals(parts.map(({ detailTokens: _, ...part }) => ({ ...part, observationCount: 0, errorCount: 0 })));
  const detailTokens = parts.reduce((all, part) => Math.min(all + part.detailTokens, MOST), 0);
  return { ...sum, detailTokens };
}

/** Exact while no sum exceeds the bound. */
export function addSpend(a: Spend, b: Spend, times: 1 | -1 = 1): Spend {
  return { ...addToTotals(a, b, times), detailTokens: a.detailTokens + times * b.detailTokens };
}

/** Exact while no sum exceeds the bound. */
export function addToTotals(a: SpendTotals, b: SpendTotals, times: 1 | -1): SpendTotals {
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
 * separately, since different instrumentations may have recorded them. A cost that was sent stands over estimates of any size. Where
 * the tokens are equal the side counts that tells more of them apart, and so does its estimate: a call of which it is not known what
 * was cached is estimated too high.
 */
export function countedSpend(own: Spend, within: Spend): Spend {
  return joinSpend(countsOwnTokens(own, within) ? own : within, countsOwnCost(own, within) ? own : within);
}

/** The tokens of the one, and the cost of the other. */
export function joinSpend(tokens: Spend, cost: Spend): Spend {
  const { inputTokens, outputTokens, totalTokens, detailTokens } = tokens;
  const { costNano, costCount, estimatedCount } = cost;
  return { inputTokens, outputTokens, totalTokens, costNano, costCount, estimatedCount, detailTokens };
}

/** Whether a call counts by its own tokens and not by those of the calls within it. */
export function countsOwnTokens(own: Spend, within: Spend): boolean {
  return own.totalTokens === within.totalTokens
    ? own.detailTokens >= within.detailTokens
    : own.totalTokens > within.totalTokens;
}

/**
 * The same for the cost. One that was sent stands over an estimate; of two estimates that of more tokens does, or of more of them told
 * apart. Any number of records are in one order by this.
 */
export function countsOwnCost(own: Spend, within: Spend): boolean {
  if (own.costCount === 0 || within.costCount === 0) return own.costCount > 0;
  const [ownIsSent, withinIsSent] = [isSent(own), isSent(within)];
  if (ownIsSent !== withinIsSent) return ownIsSent;
  const difference = ownIsSent ? 0 : own.totalTokens - within.totalTokens || own.detailTokens - within.detailTokens;
  return (difference || own.costNano - within.costNano) >= 0;
}

/** Whether any of the cost was sent, and not estimated. */
function isSent({ costCount, estimatedCount }: Spend): boolean {
  return costCount > estimatedCount;
}
