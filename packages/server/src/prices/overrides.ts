import { type Cost, countedKinds, type Priced, sideOf } from './catalog.js';

/** US dollars for a million tokens of each kind; null where no cost is to be estimated. */
type ModelPrices = Readonly<Record<string, number>> | null;

/** Prices that the operator gives, by the name of the model. */
export type Overrides = ReadonlyMap<string, ModelPrices>;

/** A file of prices cannot be used. The message names the file, what is wrong in it, and what would do. */
export class PricesUnusable extends Error {
  override readonly name = 'PricesUnusable';
}

/**
 * Reads `{ "<model>": { "input": 0.5, "output": 1.5 } }`, in US dollars for a million tokens. A name may end in `*`. `null` in
 * place of prices: no estimate. Throws `PricesUnusable`; `file` is what the message calls it.
 */
export function readOverrides(text: string, file: string): Overrides {
  const unusable = (problem: string) => new PricesUnusable(`The prices in ${file} cannot be used: ${problem}`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw unusable(`they are not JSON (${error instanceof Error ? error.message : String(error)}).`);
  }
  if (!isObject(parsed)) throw unusable('write an object of models, { "<model>": { "input": 0.5, "output": 1.5 } }.');
  const overrides = new Map<string, ModelPrices>();
  for (const [model, prices] of Object.entries(parsed)) {
    if (prices !== null && !isObject(prices))
      throw unusable(`"${model}" must be an object such as { "input": 0.5, "output": 1.5 }, or null for no estimate.`);
    if (/\*./.test(model)) throw unusable(`"${model}" has a * before its end; it may only stand last.`);
    overrides.set(model, prices && readPrices(prices, model, unusable));
  }
  return overrides;
}

function readPrices(prices: object, model: string, unusable: (problem: string) => Error): ModelPrices {
  const read = new Map<string, number>();
  for (const [kind, price] of Object.entries(prices)) {
    if (sideOf(kind) === undefined)
      throw unusable(
        `"${kind}" of "${model}" is not a kind of token; use input, output, or one such as input_cached_tokens.`,
      );
    if (typeof price !== 'number' || price < 0)
      throw unusable(`"${kind}" of "${model}" must be a number from 0 up, in US dollars for a million tokens.`);
    read.set(kind, price);
  }
  if (!read.has('input')) throw unusable(`"${model}" has no price for "input"; give one, 0 if it is free.`);
  return Object.fromEntries(read);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What a call costs by these prices; undefined where none is for its model, null where it is to have no estimate. The whole name
 * goes before one with `*`, and of these the longest.
 */
export function costByOverrides(overrides: Overrides, call: Priced): Cost | null | undefined {
  const prices = call.model === null ? undefined : pricesOf(overrides, call.model);
  if (!prices) return prices;
  const cost = { input: 0, output: 0 };
  for (const [kind, count] of Object.entries(countedKinds(call))) {
    const side = sideOf(kind);
    if (side !== undefined) cost[side] += (count * (prices[kind] ?? prices[side] ?? 0)) / 1e6;
  }
  return { ...cost, total: cost.input + cost.output };
}

function pricesOf(overrides: Overrides, model: string): ModelPrices | undefined {
  const exact = overrides.get(model);
  if (exact !== undefined) return exact;
  let found: ModelPrices | undefined;
  let longest = -1;
  for (const [name, prices] of overrides) {
    const start = name.endsWith('*') ? name.slice(0, -1) : undefined;
    if (start === undefined || start.length <= longest || !model.startsWith(start)) continue;
    [found, longest] = [prices, start.length];
  }
  return found;
}
