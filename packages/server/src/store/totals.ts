import type { Observation } from '../observation.js';

/** What one observation, or all of a trace or session, add up to. Whole numbers only, so that no order of adding changes the sum. */
export interface Totals {
  observationCount: number;
  errorCount: number;
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
  /** In billionths of a US dollar. */
  costNano: number;
  /** How many observations carried a cost. */
  costCount: number;
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
  };
}

/** What every observation counts for. What model calls used is counted by `spendOfTrace`, once however often it was seen. */
export function totalsOf({ level }: Pick<Observation, 'level'>): Totals {
  return { ...noTotals(), observationCount: 1, errorCount: level === 'ERROR' ? 1 : 0 };
}

/** What one observation says that it used. */
export function spendOf({ usage, cost }: Pick<Observation, 'usage' | 'cost'>) {
  const costTotal = cost.total;
  return {
    inputTokens: sumOf(usage, 'input'),
    outputTokens: sumOf(usage, 'output'),
    totalTokens: whole(usage.total ?? 0),
    costNano: costTotal === undefined ? 0 : whole(costTotal * NANO),
    costCount: costTotal === undefined ? 0 : 1,
  };
}

/** Adds `times` times `totals` to `sum`: once, or minus once to take it out again. */
export function addTotals(sum: Totals, totals: Totals, times: 1 | -1): void {
  sum.observationCount += times * totals.observationCount;
  sum.errorCount += times * totals.errorCount;
  sum.inputTokens += times * totals.inputTokens;
  sum.outputTokens += times * totals.outputTokens;
  sum.totalTokens += times * totals.totalTokens;
  sum.costNano += times * totals.costNano;
  sum.costCount += times * totals.costCount;
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
  };
}

const NANO = 1e9;

/** One observation counts for at most this much, so that a nonsense value cannot make every sum of its session inexact. */
const MOST = 1e12;

/** `input` and its parts, such as `input_cached_tokens`, which are counted beside it. */
function sumOf(usage: Readonly<Record<string, number>>, part: 'input' | 'output'): number {
  let sum = 0;
  for (const [name, count] of Object.entries(usage)) {
    if (name === part || name.startsWith(`${part}_`)) sum += whole(count);
  }
  return sum;
}

function whole(value: number): number {
  return Number.isFinite(value) ? Math.round(Math.min(Math.max(value, -MOST), MOST)) : 0;
}
