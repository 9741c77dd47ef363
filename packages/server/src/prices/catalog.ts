import { calcPrice, type ModelInfo, type PriceCalculationResult, type Provider } from '@pydantic/genai-prices';
import type { Observation } from '../observation/observation.js';

/** What it takes of an observation to price it. */
export type Priced = Pick<Observation, 'type' | 'model' | 'provider' | 'usage' | 'startMs'>;

export interface Cost {
  readonly input: number;
  readonly output: number;
  readonly total: number;
}

/** Providers that run a model on the caller's own machines, where nobody is paid by the token. */
const SELF_HOSTED = /ollama|vllm|lm[_-]?studio|llama[._-]?cpp|llamafile|localai|sglang|\btgi\b|transformers/i;

/** Models whose price was looked for and that are kept: what a server sees, and not the names that a stranger makes up. */
const MOST_KNOWN = 1_000;

interface Found {
  readonly id: string;
  /** A provider of this one model, so that nothing is searched for again. */
  readonly provider: Provider;
  /** US dollars for one token of each kind, where the price of none depends on how many there are, nor on when. */
  readonly rates: Rates | null;
}

type Rates = Readonly<Record<string, number>>;

/**
 * Prices of models by their names, from the table of `@pydantic/genai-prices` that is installed: nothing is fetched. What a
 * call costs depends on nothing but what it says of itself, its time included, since prices change.
 */
export class Catalog {
  readonly #found = new Map<string, Found | null>();

  /** US dollars; undefined where the table has no price, or one that is not by the token. */
  costOf(call: Priced): Cost | undefined {
    const found = this.#find(call);
    if (found?.rates) return byRates(found.rates, countedKinds(call));
    const result = found && price(countsOf(call), call.startMs, found.id, { provider: found.provider });
    if (!result || !(result.total_price > 0)) return undefined;
    return { input: result.input_price, output: result.output_price, total: result.total_price };
  }

  #find(call: Priced): Found | null {
    const key = JSON.stringify([call.model, call.provider]);
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    if (this.#found.size >= MOST_KNOWN) this.#found.clear();
    const found = search(call);
    this.#found.set(key, found);
    return found;
  }
}

/** Whether there is a price depends on the names alone, so that no call decides for those after it. */
function search({ model, provider }: Priced): Found | null {
  if (model === null || SELF_HOSTED.test(provider ?? '')) return null;
  for (const { id, providerId } of candidates(model, provider)) {
    const found = price({ input_tokens: 1, output_tokens: 1 }, 0, id, providerId === undefined ? {} : { providerId });
    if (found === null) continue;
    const only = onlyWith(found.provider, found.model);
    return { id, provider: only, rates: ratesOf(id, only, found.model) };
  }
  return null;
}

/** Most prices are one number for each kind: looked up once, they are only multiplied. */
function ratesOf(id: string, provider: Provider, { prices }: ModelInfo): Rates | null {
  if (Array.isArray(prices) || !Object.values(prices).every((each) => typeof each === 'number')) return null;
  const rates: Record<string, number> = {};
  for (const kind of ['input', 'output', ...PARTS.keys()]) {
    const counts = countsOf({ type: 'generation', usage: { [kind]: 1_000_000 } });
    const result = price(counts, 0, id, { provider });
    if (result === null) return null;
    rates[kind] = result.total_price / 1_000_000;
  }
  return rates;
}

function byRates(rates: Rates, kinds: Readonly<Record<string, number>>): Cost | undefined {
  const cost = { input: 0, output: 0 };
  for (const [kind, count] of Object.entries(kinds)) {
    const side = sideOf(kind);
    if (side !== undefined) cost[side] += count * (rates[kind] ?? rates[side] ?? 0);
  }
  const total = cost.input + cost.output;
  return total > 0 ? { ...cost, total } : undefined;
}

/** A name may have its provider in front (`openai/gpt-4o-mini`), and what calls itself a provider may be a framework. */
function candidates(model: string, provider: string | null): { id: string; providerId: string | undefined }[] {
  const slash = model.lastIndexOf('/');
  const [front, bare] = slash === -1 ? [undefined, model] : [model.slice(0, slash), model.slice(slash + 1)];
  if (front !== undefined && SELF_HOSTED.test(front)) return [];
  return [
    ...(provider === null ? [] : [{ id: model, providerId: provider }]),
    ...(front === undefined ? [] : [{ id: bare, providerId: front }]),
    ...(provider === null || front === undefined ? [] : [{ id: bare, providerId: provider }]),
    { id: model, providerId: undefined },
    { id: bare, providerId: undefined },
    // Without a provider the table does not know OpenAI's embeddings, whose names are nobody else's.
    ...(bare.startsWith('text-embedding-') ? [{ id: bare, providerId: 'openai' }] : []),
    ...(DATE.test(model) ? candidates(model.replace(DATE, ''), provider) : []),
  ];
}

/** At the end of a name: that of a snapshot, which costs what the model does until the table says otherwise. */
const DATE = /[-@](?:\d{4}-\d{2}-\d{2}|\d{8})$/;

/** Null for a model that is not in the table, and for counts that contradict each other. */
function price(
  counts: Readonly<Record<string, number>>,
  startMs: number,
  model: string,
  from: { readonly provider?: Provider; readonly providerId?: string },
): PriceCalculationResult {
  try {
    return calcPrice(counts, model, { ...from, timestamp: new Date(startMs) });
  } catch {
    return null;
  }
}

function onlyWith(provider: Provider, model: ModelInfo): Provider {
  return { id: provider.id, name: provider.name, api_pattern: provider.api_pattern, models: [model] };
}

/** In the names of the table, whose `input_tokens` and `output_tokens` hold their parts. */
function countsOf(call: Pick<Priced, 'type' | 'usage'>): Record<string, number> {
  const counts: Record<string, number> = { input_tokens: 0, output_tokens: 0 };
  const add = (name: string, count: number) => {
    counts[name] = (counts[name] ?? 0) + count;
  };
  for (const [kind, count] of Object.entries(countedKinds(call))) {
    const side = sideOf(kind);
    if (side !== undefined) add(`${side}_tokens`, count);
    const part = PARTS.get(kind);
    if (part !== undefined) add(part, count);
  }
  return counts;
}

/** Some say of an embedding only how many tokens it took. */
export function countedKinds({ type, usage }: Pick<Priced, 'type' | 'usage'>): Readonly<Record<string, number>> {
  return type === 'embedding' && !usage.input ? { ...usage, input: usage.total ?? 0 } : usage;
}

export function sideOf(kind: string): 'input' | 'output' | undefined {
  if (kind === 'input' || kind.startsWith('input_')) return 'input';
  return kind === 'output' || kind.startsWith('output_') ? 'output' : undefined;
}

const PARTS: ReadonlyMap<string, string> = new Map([
  ['input_cached_tokens', 'cache_read_tokens'],
  ['input_cache_creation', 'cache_write_tokens'],
  ['input_audio_tokens', 'input_audio_tokens'],
  ['output_audio_tokens', 'output_audio_tokens'],
]);
