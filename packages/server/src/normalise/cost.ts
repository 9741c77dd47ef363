import type { Json } from '@powerrag/protocol';
import { isObject, numberOf, parseJson, type Rule, type SpanReader } from './span-reader.js';

/**
 * What clients say that a call cost, in US dollars, under the keys of each convention but Langfuse's. They estimate it themselves,
 * and write 0 where they know no price: a cost of nothing but zeros is none.
 */

interface CostKeys {
  readonly total: readonly string[];
  readonly input?: string;
  readonly output?: string;
}

const CONVENTIONS: readonly CostKeys[] = [
  /** OpenInference; `llm.response.cost` is LiteLLM's beside it. */
  { input: 'llm.cost.prompt', output: 'llm.cost.completion', total: ['llm.cost.total', 'llm.response.cost'] },
  /** LiteLLM. */
  { input: 'gen_ai.cost.input_cost', output: 'gen_ai.cost.output_cost', total: ['gen_ai.cost.total_cost'] },
  /** LangSmith, and others that took its names. */
  {
    input: 'gen_ai.usage.input_cost',
    output: 'gen_ai.usage.output_cost',
    total: ['gen_ai.usage.total_cost', 'gen_ai.usage.cost'],
  },
  /** Pydantic AI. */
  { total: ['operation.cost'] },
  { total: ['gen_ai.cost', 'gen_ai.cost.amount', 'llm.usage.cost', 'llm.usage.total_cost'] },
];

/** Quarkus has the currency behind the amount: `0.000123USD`. */
const IN_DOLLARS = /^(\d+(?:\.\d+)?)USD$/;

const WORDS = ['llm', 'gen_ai', 'operation', 'ai'];

export const cost: Rule<Readonly<Record<string, number>>> = (span) => {
  if (!WORDS.some((word) => span.mentions(word))) return undefined;
  for (const keys of CONVENTIONS) {
    const found = costAt(span, keys);
    if (found !== undefined) return found;
  }
  return ofQuarkus(span) ?? ofProvider(span);
};

function ofQuarkus(span: SpanReader): Readonly<Record<string, number>> | undefined {
  const key = 'gen_ai.client.estimated_cost';
  const total = numberOf(IN_DOLLARS.exec(String(span.peek(key) ?? ''))?.[1]);
  if (total === undefined || total === 0) return undefined;
  span.claim(key);
  return { total };
}

/** The same amount under another key of the convention is claimed with it. */
function costAt(span: SpanReader, keys: CostKeys): Readonly<Record<string, number>> | undefined {
  const all = [keys.input, keys.output, ...keys.total].filter((key) => key !== undefined);
  if (!all.some((key) => (numberOf(span.peek(key)) ?? 0) !== 0)) return undefined;
  const input = keys.input === undefined ? undefined : span.number(keys.input);
  const output = keys.output === undefined ? undefined : span.number(keys.output);
  const totals = keys.total.map((key) => span.number(key));
  const total = totals.find((amount) => amount !== undefined);
  if (input === undefined && output === undefined && total === undefined) return undefined;
  return {
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
    total: total ?? (input ?? 0) + (output ?? 0),
  };
}

/** What a gateway told the AI SDK: Vercel's (`gateway.cost`) and OpenRouter's (`openrouter.usage.cost`). It stays metadata. */
function ofProvider(span: SpanReader): Readonly<Record<string, number>> | undefined {
  const told = objectOf(span.peek('ai.response.providerMetadata'));
  const total = numberOf(objectOf(told?.gateway)?.cost) ?? numberOf(objectOf(objectOf(told?.openrouter)?.usage)?.cost);
  return total === undefined || total <= 0 ? undefined : { total };
}

function objectOf(value: Json | undefined): Readonly<Record<string, Json>> | undefined {
  const held = typeof value === 'string' ? parseJson(value) : value;
  return isObject(held) ? held : undefined;
}
