import { isModelCall } from '../observation/model-call.js';
import type { Observation } from '../observation/observation.js';
import { MOST, spendOf, sumTotals, type Totals } from './totals.js';

/** What model calls used: the part of `Totals` that must not be counted twice. */
export type Spend = Pick<
  Totals,
  'inputTokens' | 'outputTokens' | 'totalTokens' | 'costNano' | 'costCount' | 'estimatedCount'
>;

/** The fields of an observation that counting needs. */
export type SpendFacts = Pick<Observation, 'id' | 'parentId' | 'type' | 'model' | 'usage' | 'cost' | 'costEstimated'>;

export const NO_SPEND: Spend = {
  inputTokens: 0,
  outputTokens: 0,
  totalTokens: 0,
  costNano: 0,
  costCount: 0,
  estimatedCount: 0,
};

/** The usage on a model call itself; null for any other observation, whose usage repeats that of calls within it. */
export function ownSpend({ type, model, usage, cost, costEstimated }: SpendFacts): Spend | null {
  return isModelCall(type, model) ? spendOf({ usage, cost, costEstimated }) : null;
}

/**
 * Whether what an observation used, and what ran within it, is apart from every call above it: a tool does work of its own, and
 * the call that asked for it knows nothing of what it used.
 */
export function standsAlone({ type }: Pick<Observation, 'type'>): boolean {
  return type === 'tool';
}

/** Whether a sum is too large to be kept by adding and subtracting: see `sumSpend`. */
export function isBeyondBound(spend: Spend): boolean {
  return Object.values(spend).some((value) => Math.abs(value) > MOST);
}

/** The sum within the bound of totals, independent of the order. */
function sumSpend(parts: readonly Spend[]): Spend {
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

function countsOwnTokens(own: Spend, within: Spend): boolean {
  return own.totalTokens >= within.totalTokens;
}

function countsOwnCost(own: Spend, within: Spend): boolean {
  if (own.costCount === 0 || within.costCount === 0) return own.costCount > 0;
  const [ownIsSent, withinIsSent] = [isSent(own), isSent(within)];
  return ownIsSent === withinIsSent ? own.costNano >= within.costNano : ownIsSent;
}

/** Whether any of the cost was sent, and not estimated. */
function isSent({ costCount, estimatedCount }: Spend): boolean {
  return costCount > estimatedCount;
}

export interface SpendOfTrace {
  readonly total: Spend;
  /** Ids of the observations whose own tokens are in the total. */
  readonly countedTokens: ReadonlySet<string>;
  /** The same for their cost. */
  readonly countedCost: ReadonlySet<string>;
}

interface Call {
  readonly id: string;
  readonly own: Spend;
  readonly outer: string | null;
  /** The usage that counts for each call directly below. */
  readonly parts: Spend[];
  /** Their sum. */
  within: Spend;
}

/** Counts one trace from all of its observations. An observation that is above itself, in a cycle of parents, has no parent. */
export function spendOfTrace(observations: readonly SpendFacts[]): SpendOfTrace {
  const calls = callsOuterFirst(observations);
  const parts: Spend[] = [];
  for (const call of [...calls.values()].reverse()) {
    call.within = sumSpend(call.parts);
    const outer = call.outer === null ? undefined : calls.get(call.outer);
    (outer?.parts ?? parts).push(countedSpend(call.own, call.within));
  }
  return {
    total: sumSpend(parts),
    countedTokens: countedCalls(calls.values(), countsOwnTokens),
    countedCost: countedCalls(calls.values(), countsOwnCost),
  };
}

/** The calls whose own usage counts: it is more than that of the calls within, and no call above them counts by its own. */
function countedCalls(
  outerFirst: Iterable<Call>,
  countsOwn: (own: Spend, within: Spend) => boolean,
): ReadonlySet<string> {
  const counted = new Set<string>();
  const covered = new Set<string>();
  for (const { id, own, outer, within } of outerFirst) {
    const isCovered = outer !== null && covered.has(outer);
    if (!isCovered && !countsOwn(own, within)) continue;
    covered.add(id);
    if (!isCovered) counted.add(id);
  }
  return counted;
}

/** The model calls with the nearest call above each that they may be part of, outer calls first. */
function callsOuterFirst(observations: readonly SpendFacts[]): Map<string, Call> {
  const byId = new Map(observations.map((observation) => [observation.id, observation]));
  const looped = inCycles(byId);
  /** The nearest call at or above each observation that was visited. */
  const nearest = new Map<string, string | null>();
  const calls = new Map<string, Call>();
  for (const observation of observations) {
    const path: SpendFacts[] = [];
    let above: SpendFacts | undefined = observation;
    while (above !== undefined && !nearest.has(above.id)) {
      path.push(above);
      above = above.parentId === null || looped.has(above.id) ? undefined : byId.get(above.parentId);
    }
    let outer = above === undefined ? null : (nearest.get(above.id) ?? null);
    for (const member of path.reverse()) {
      if (standsAlone(member)) outer = null;
      const own = ownSpend(member);
      if (own !== null) {
        calls.set(member.id, { id: member.id, own, outer, parts: [], within: NO_SPEND });
        outer = member.id;
      }
      nearest.set(member.id, outer);
    }
  }
  return calls;
}

/** The observations whose chain of parents leads back to themselves. */
function inCycles(byId: ReadonlyMap<string, SpendFacts>): ReadonlySet<string> {
  const looped = new Set<string>();
  const done = new Set<string>();
  for (const start of byId.keys()) {
    const path = new Set<string>();
    let id: string | null = start;
    while (id !== null && byId.has(id) && !done.has(id) && !path.has(id)) {
      path.add(id);
      id = byId.get(id)?.parentId ?? null;
    }
    if (id !== null && path.has(id)) {
      const members = [...path];
      for (const member of members.slice(members.indexOf(id))) looped.add(member);
    }
    for (const member of path) done.add(member);
  }
  return looped;
}
