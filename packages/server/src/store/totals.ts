import type { Observation } from '../observation/observation.js';

/**
 * What one observation, or all of a trace or session, add up to. Whole numbers only, so that no order of adding changes the
 * sum, and none beyond ±`MOST`: a sum that would be stays there. A session adds up its traces, each within that bound.
 */
export interface Totals {
  observationCount: number;
  errorCount: number;
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
  /** In billionths of a US dollar. */
  costNano: number;
  /** How many observations carried a cost, and of how many of these it was estimated. */
  costCount: number;
  estimatedCount: number;
}

export function noTotals(): Totals {
  return {
    observationCount: 0,
    errorCount: 0,
    inputTokens: 0,
    outputTokens: 0,
    totalTokens: 0,
    costNano: 0,
    costCount: 0,
    estimatedCount: 0,
  };
}

/** What every observation counts for. What model calls used is counted by `spendOfTrace`, once however often it was seen. */
export function totalsOf({ level }: Pick<Observation, 'level'>): Totals {
  return { ...noTotals(), observationCount: 1, errorCount: level === 'ERROR' ? 1 : 0 };
}

/** What one observation says that it used. */
export function spendOf({ usage, cost, costEstimated }: Pick<Observation, 'usage' | 'cost' | 'costEstimated'>) {
  const costTotal = cost.total;
  return {
    inputTokens: sumOf(usage, 'input'),
    outputTokens: sumOf(usage, 'output'),
    totalTokens: whole(usage.total ?? 0),
    costNano: costTotal === undefined ? 0 : whole(costTotal * NANO),
    costCount: costTotal === undefined ? 0 : 1,
    estimatedCount: costTotal !== undefined && costEstimated ? 1 : 0,
  };
}

/**
 * Adds `times` times `totals` to `sum`: once, or minus once to take it out again. False where the sum cannot be known this way,
 * because what stood at the bound is to come back from it: then it must be added up anew with `sumTotals`.
 */
export function addTotals(sum: Totals, totals: Totals, times: 1 | -1): boolean {
  let isExact = true;
  for (const field of TOTALS_FIELDS) {
    const change = times * totals[field];
    if ((sum[field] === MOST && change < 0) || (sum[field] === -MOST && change > 0)) isExact = false;
    sum[field] = clamp(sum[field] + change);
  }
  return isExact;
}

/** All of them together, whatever their order. */
export function sumTotals(parts: readonly Totals[]): Totals {
  const sum = noTotals();
  if (parts.every((part) => addTotals(sum, part, 1))) return sum;
  for (const field of TOTALS_FIELDS) {
    let exact = 0n;
    for (const part of parts) exact += BigInt(part[field]);
    sum[field] = clamp(Number(exact));
  }
  return sum;
}

/** As the page and the read API show it. */
export function shownTotals(totals: Totals) {
  return {
    observationCount: totals.observationCount,
    errorCount: totals.errorCount,
    inputTokens: totals.inputTokens,
    outputTokens: totals.outputTokens,
    totalTokens: totals.totalTokens,
    totalCost: totals.costCount === 0 ? null : totals.costNano / NANO,
    costEstimated: totals.estimatedCount > 0,
  };
}

const NANO = 1e9;

/**
 * The greatest total: what a double holds exactly, and what `node:sqlite` agrees to read. As a cost it is about nine million
 * US dollars.
 */
export const MOST = Number.MAX_SAFE_INTEGER;

export const TOTALS_FIELDS = Object.keys(noTotals()) as readonly (keyof Totals)[];

/** `input` and its parts, such as `input_cached_tokens`, which are counted beside it. */
function sumOf(usage: Readonly<Record<string, number>>, part: 'input' | 'output'): number {
  let sum = 0;
  for (const [name, count] of Object.entries(usage)) {
    if (name === part || name.startsWith(`${part}_`)) sum += whole(count);
  }
  return whole(sum);
}

function whole(value: number): number {
  return Number.isNaN(value) ? 0 : Math.round(clamp(value));
}

function clamp(value: number): number {
  return Math.min(Math.max(value, -MOST), MOST);
}
