import { isModelCall } from '../observation/model-call.js';
import type { Observation } from '../observation/observation.js';
import { type CountedElsewhere, type RecordedCall, repeatedCalls } from './repeated-calls.js';
import {
  countedSpend,
  countsOwnCost,
  countsOwnTokens,
  joinSpend,
  NO_SPEND,
  type Spend,
  type SpendTotals,
  sumSpend,
} from './spend-sums.js';
import { spendOf } from './totals.js';

/** The fields of an observation that counting needs. */
export type SpendFacts = Pick<
  Observation,
  | 'id'
  | 'parentId'
  | 'type'
  | 'scope'
  | 'model'
  | 'usage'
  | 'cost'
  | 'costEstimated'
  | 'responseId'
  | 'startMs'
  | 'endMs'
>;

/** The usage on a model call itself; null for any other observation, whose usage repeats that of calls within it. */
export function ownSpend({
  type,
  model,
  usage,
  cost,
  costEstimated,
}: Pick<SpendFacts, 'type' | 'model' | 'usage' | 'cost' | 'costEstimated'>): Spend | null {
  return isModelCall(type, model) ? spendOf({ usage, cost, costEstimated }) : null;
}

/**
 * Whether what an observation used, and what ran within it, is apart from every call above it: a tool does work of its own, and
 * the call that asked for it knows nothing of what it used.
 */
export function standsAlone({ type }: Pick<Observation, 'type'>): boolean {
  return type === 'tool';
}

export interface SpendOfTrace {
  readonly total: SpendTotals;
  /** Ids of the observations whose own tokens are in the total. */
  readonly countedTokens: ReadonlySet<string>;
  /** The same for their cost. */
  readonly countedCost: ReadonlySet<string>;
  /** Ids of the calls whose tokens, or cost if they have no tokens, are counted with another record of the same request. */
  readonly repeats: ReadonlySet<string>;
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
  const byId = new Map(observations.map((observation) => [observation.id, observation]));
  const parentOf = parents(byId);
  const elsewhere = countedElsewhere(observations, parentOf);
  const calls = callsOuterFirst(byId, parentOf, elsewhere);
  const parts: Spend[] = [];
  for (const call of [...calls.values()].reverse()) {
    call.within = sumSpend(call.parts);
    const outer = call.outer === null ? undefined : calls.get(call.outer);
    (outer?.parts ?? parts).push(countedSpend(call.own, call.within));
  }
  const { detailTokens: _, ...total } = sumSpend(parts);
  return {
    total,
    countedTokens: countedCalls(calls.values(), countsOwnTokens, elsewhere.tokens),
    countedCost: countedCalls(calls.values(), countsOwnCost, elsewhere.cost),
    repeats: new Set(
      [...elsewhere.tokens, ...elsewhere.cost].filter((id) => (calls.get(id)?.own.totalTokens ?? 0) === 0),
    ),
  };
}

/** Of all calls of a trace, those whose usage another record of the same request has. */
export function repeatedInTrace(observations: readonly SpendFacts[]): CountedElsewhere {
  const byId = new Map(observations.map((observation) => [observation.id, observation]));
  return countedElsewhere(observations, parents(byId));
}

/** Finds the parent of an observation by its id; null where it has none, or one that did not arrive. */
type ParentOf = (id: string) => string | null;

function countedElsewhere(observations: readonly SpendFacts[], parentOf: ParentOf): CountedElsewhere {
  const byResponse = new Map<string, RecordedCall[]>();
  for (const facts of observations) {
    const own = ownSpend(facts);
    if (facts.responseId === null || own === null) continue;
    const sharing = byResponse.get(facts.responseId) ?? [];
    byResponse.set(facts.responseId, sharing);
    const { id, scope, startMs, endMs } = facts;
    sharing.push({ id, scope, startMs, endMs, own });
  }
  const tokens = new Set<string>();
  const cost = new Set<string>();
  for (const sharing of byResponse.values()) {
    if (sharing.length === 1) continue;
    const repeated = repeatedCalls(sharing, (id, below) => isAbove(id, below, parentOf));
    for (const id of repeated.tokens) tokens.add(id);
    for (const id of repeated.cost) cost.add(id);
  }
  return { tokens, cost };
}

/** Whether the first is above the second, at any depth. The way up has an end. */
export function isAbove(id: string, below: string, parentOf: ParentOf): boolean {
  for (let above = parentOf(below); above !== null; above = parentOf(above)) if (above === id) return true;
  return false;
}

/**
 * The calls whose own usage counts: it is more than that of the calls within, no other record of the same request has it, and no
 * call above them counts by its own.
 */
function countedCalls(
  outerFirst: Iterable<Call>,
  countsOwn: (own: Spend, within: Spend) => boolean,
  elsewhere: ReadonlySet<string>,
): ReadonlySet<string> {
  const counted = new Set<string>();
  const covered = new Set<string>();
  for (const { id, own, outer, within } of outerFirst) {
    const isCovered = outer !== null && covered.has(outer);
    if (!isCovered && !countsOwn(own, within)) continue;
    covered.add(id);
    if (!isCovered && !elsewhere.has(id)) counted.add(id);
  }
  return counted;
}

/** The model calls with the nearest call above each that they may be part of, outer calls first. */
function callsOuterFirst(
  byId: ReadonlyMap<string, SpendFacts>,
  parentOf: ParentOf,
  elsewhere: CountedElsewhere,
): Map<string, Call> {
  /** The nearest call at or above each observation that was visited. */
  const nearest = new Map<string, string | null>();
  const calls = new Map<string, Call>();
  for (const observation of byId.values()) {
    const path: SpendFacts[] = [];
    let above: SpendFacts | undefined = observation;
    while (above !== undefined && !nearest.has(above.id)) {
      path.push(above);
      above = byId.get(parentOf(above.id) ?? '');
    }
    let outer = above === undefined ? null : (nearest.get(above.id) ?? null);
    for (const member of path.reverse()) {
      if (standsAlone(member)) outer = null;
      const { id } = member;
      const own = ownSpend(member);
      if (own !== null) {
        calls.set(id, { id, own: countedHere(id, own, elsewhere), outer, parts: [], within: NO_SPEND });
        outer = id;
      }
      nearest.set(id, outer);
    }
  }
  return calls;
}

/** What is left of a call's own usage without what is counted with another record of the request. */
export function countedHere(id: string, own: Spend, elsewhere: CountedElsewhere): Spend {
  return joinSpend(elsewhere.tokens.has(id) ? NO_SPEND : own, elsewhere.cost.has(id) ? NO_SPEND : own);
}

/** Each observation that arrived by its id has a parent that arrived, or none; one in a cycle has none. */
function parents(byId: ReadonlyMap<string, SpendFacts>): ParentOf {
  const looped = inCycles(byId);
  return (id) => {
    const parentId = looped.has(id) ? null : (byId.get(id)?.parentId ?? null);
    return parentId !== null && byId.has(parentId) ? parentId : null;
  };
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
