import type { Json } from '@powerrag/protocol';
import { countsOf, usageFrom } from '../normalise/usage.js';

type Numbers = Readonly<Record<string, number>>;
type JsonRecord = Readonly<Record<string, Json>>;

/** Names of counts in the older `usage` that only its first form has: `promptTokens` of Langfuse, beside OpenAI's `prompt_tokens`. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  promptTokens: 'input',
  completionTokens: 'output',
  totalTokens: 'total',
};

/** What a `usage` object holds beside counts. */
const NOT_COUNTS: ReadonlySet<string> = new Set(['unit', 'inputCost', 'outputCost', 'totalCost']);

/** Token counts from `usageDetails`, else from the older `usage`. */
export function usageOf(details: JsonRecord | undefined, usage: JsonRecord | undefined): Numbers | undefined {
  const given = details ?? usage;
  if (given === undefined) return undefined;
  const counts = Object.entries(given).flatMap(([name, value]): [string, Json][] =>
    NOT_COUNTS.has(name) || value === null ? [] : [[OLD_NAMES[name] ?? name, value]],
  );
  return usageFrom(countsOf(Object.fromEntries(counts)));
}

/** Costs in US dollars from `costDetails`, else from the older `usage`. */
export function costOf(details: JsonRecord | undefined, usage: JsonRecord | undefined): Numbers | undefined {
  const named = details ?? { input: usage?.inputCost, output: usage?.outputCost, total: usage?.totalCost };
  const costs = new Map<string, number>();
  for (const [name, value] of Object.entries(named)) {
    if (typeof value === 'number' && Number.isFinite(value)) costs.set(name, value);
  }
  if (costs.size === 0) return undefined;
  const total = costs.get('total') ?? [...costs.values()].reduce((sum, cost) => sum + cost, 0);
  return Object.fromEntries(costs.set('total', total));
}
