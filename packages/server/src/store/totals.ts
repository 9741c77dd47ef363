import type { Observation } from '../observation/observation.js';

/**
 * The totals of an observation, a trace or a session. Whole numbers, so that the order of adding does not change the sum, and
 * capped at ±`MOST`. A session adds up its traces, each within that bound.
 */
export interface Totals {
  observationCount: number;
  errorCount: number;
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
  /** In billionths of a US dollar. */
  costNano: number;
  /** How many observations have a cost. */
  costCount: number;
  /** Of these, how many have an estimated one. */
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

/** The counts of one observation. `spendOfTrace` counts the usage of model calls, once however often it was recorded. */
export function totalsOf({ level }: Pick<Observation, 'level'>): Totals {
  return { ...noTotals(), observationCount: 1, errorCount: level === 'ERROR' ? 1 : 0 };
}

/** The usage on one observation. */
export function spendOf({ usage, cost, costEstimated }: Pick<Observation, 'usage' | 'cost' | 'costEstimated'>) {
  const costTotal = cost.total;
  return {
    inputTokens: sumOf(usage, 'input'),
    outputTokens: sumOf(usage, 'output'),
    totalTokens: whole(usage.total ?? 0),
    costNano: costTotal === undefined ? 0 : whole(costTotal * NANO),
    costCount: costTotal === undefined ? 0 : 1,
    estimatedCount: costTotal !== undefined && costEstimated ? 1 : 0,
    detailTokens: detailOf(usage),
  };
}

/**
 * Adds `times` times `totals` to `sum`; -1 subtracts. False when the result is not known, because a capped sum would have to
 * come back from the bound: then recompute it with `sumTotals`.
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

/** The sum, independent of the order. */
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

/** As the page and the read API show them. */
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

/** Billionths of a US dollar. */
export function dollarsToNano(dollars: number): number {
  return whole(dollars * NANO);
}

const NANO = 1e9;

/**
 * The largest total: the largest integer that a double holds exactly and `node:sqlite` reads. As a cost it is about nine million
 * US dollars.
 */
export const MOST = Number.MAX_SAFE_INTEGER;

export const TOTALS_FIELDS = Object.keys(noTotals()) as readonly (keyof Totals)[];

/** `input` and its parts, such as `input_cached_tokens`, which are counted in addition. */
function sumOf(usage: Readonly<Record<string, number>>, part: 'input' | 'output'): number {
  let sum = 0;
  for (const [name, count] of Object.entries(usage)) {
    if (name === part || name.startsWith(`${part}_`)) sum += whole(count);
  }
  return whole(sum);
}

/** Of the tokens, those that are counted as a part of the input or the output. */
function detailOf(usage: Readonly<Record<string, number>>): number {
  let sum = 0;
  for (const [name, count] of Object.entries(usage)) if (/^(in|out)put_/.test(name)) sum += Math.max(whole(count), 0);
  return whole(sum);
}

function whole(value: number): number {
  return Number.isNaN(value) ? 0 : Math.round(clamp(value));
}

function clamp(value: number): number {
  return Math.min(Math.max(value, -MOST), MOST);
}
