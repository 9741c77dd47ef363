import { describe, expect, it } from 'vitest';
import type { Observation } from '../observation/observation.js';
import { anObservation } from '../store/testing.js';
import { estimateCosts, PricesUnusable, readOverrides } from './index.js';

const usage = { input: 60, input_cached_tokens: 40, output: 12, output_reasoning_tokens: 8, total: 120 };

function aCall(say: Partial<Omit<Observation, 'body'>> = {}): Observation {
  const at = { startMs: Date.UTC(2026, 5, 1) };
  return anObservation({
    type: 'generation',
    model: 'gpt-4o-mini-2024-07-18',
    provider: 'openai',
    usage,
    ...at,
    ...say,
  });
}

const estimate = estimateCosts();

describe('the cost of a call that came without one', () => {
  it('is estimated from its tokens, those of the cache at their own price, and marked', () => {
    const { cost, costEstimated } = estimate(aCall());
    expect(costEstimated).toBe(true);
    // 0.15, 0.075 and 0.60 dollars for a million.
    expect(cost.input).toBeCloseTo((60 * 0.15 + 40 * 0.075) / 1e6, 12);
    expect(cost.output).toBeCloseTo((20 * 0.6) / 1e6, 12);
    expect(cost.total).toBeCloseTo((cost.input ?? 0) + (cost.output ?? 0), 12);
  });

  it.each([
    ['gpt-4o-mini-2026-01-01', 'openai'],
    ['gpt-4o-mini', 'openai.chat'],
    ['gpt-4o-mini', 'azure'],
    ['gpt-4o-mini', null],
    ['openai/gpt-4o-mini', null],
    ['openai/gpt-4o-mini', 'openrouter'],
    ['gpt-4o-mini', 'strands-agents'],
    ['gpt-4o-mini', 'microsoft.agent_framework'],
    ['litellm/gpt-4o-mini', 'litellm'],
  ])(
    'is the same for %s of %s: a date, a prefix, an alias and the name of a framework do not matter',
    (model, provider) => {
      expect(estimate(aCall({ model, provider })).cost.total).toBeCloseTo(0.000024, 12);
    },
  );

  it.each([
    ['claude-sonnet-4-5', 'anthropic'],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'aws.bedrock'],
    ['gemini-2.0-flash', 'gcp.vertex.agent'],
    ['mistral-large-latest', 'mistral_ai'],
    ['llama-3.3-70b-versatile', 'groq'],
    ['deepseek-chat', 'deepseek'],
  ])('is known for %s of %s', (model, provider) => {
    expect(estimate(aCall({ model, provider })).cost.total).toBeGreaterThan(0);
  });

  it('of an embedding counts all of its tokens', () => {
    const embedding = { type: 'embedding', model: 'text-embedding-3-small', usage: { total: 1_000_000 } } as const;
    expect(estimate(aCall(embedding)).cost.total).toBeCloseTo(0.02, 9);
    expect(estimate(aCall({ ...embedding, provider: null })).cost.total).toBeCloseTo(0.02, 9);
  });

  it.each<[string, Partial<Omit<Observation, 'body'>>]>([
    ['a model that nobody knows', { model: 'gpt-imaginary' }],
    ['a model on the caller’s own machines', { model: 'gpt-4o-mini', provider: 'ollama' }],
    ['such a model behind a gateway', { model: 'ollama/gpt-4o-mini', provider: null }],
    ['a call that names no model', { model: null }],
    ['a call that says no tokens', { usage: {} }],
    ['an agent, which repeats its calls', { type: 'agent' }],
    ['a span', { type: 'span' }],
  ])('is not made up for %s', (_what, say) => {
    const call = aCall(say);
    expect(estimate(call)).toBe(call);
  });

  it('is never put in place of one that was sent, be it 0', () => {
    const call = aCall({ cost: { total: 0 } });
    expect(estimate(call)).toBe(call);
  });

  it('does not depend on the calls before it', () => {
    const odd = aCall({ usage: { input: 0, input_cached_tokens: 1e15, total: 1e15 } });
    const early = aCall({ startMs: 0 });
    const fresh = estimateCosts();
    fresh(odd);
    fresh(early);
    for (let n = 0; n < 1_100; n++) fresh(aCall({ model: `model-${n}` }));
    expect(fresh(aCall()).cost).toEqual(estimateCosts()(aCall()).cost);
  });
});

describe('prices of the operator', () => {
  const costOf = (prices: object, call: Observation) =>
    estimateCosts(readOverrides(JSON.stringify(prices), 'prices.json'))(call).cost.total;

  it('go before those of the table, kind by kind', () => {
    expect(costOf({ 'gpt-4o-mini-2024-07-18': { input: 1, output: 2 } }, aCall())).toBeCloseTo(0.00014, 12);
    const cached = { 'gpt-4o-mini-2024-07-18': { input: 1, output: 2, input_cached_tokens: 0 } };
    expect(costOf(cached, aCall())).toBeCloseTo(0.0001, 12);
  });

  it('may be for all models that begin alike; the longer name goes first, and the whole name before both', () => {
    const all = {
      '*': { input: 1, output: 0 },
      'house-*': { input: 2, output: 0 },
      'house-1': { input: 3, output: 0 },
    };
    const one = (model: string) => costOf(all, aCall({ model, usage: { input: 1e6, total: 1e6 } }));
    expect([one('house-1'), one('house-2'), one('other')]).toEqual([3, 2, 1]);
  });

  it('may say that there is to be no estimate', () => {
    expect(costOf({ '*': null }, aCall())).toBeUndefined();
  });

  it.each([
    ['[]', 'write an object of models'],
    ['{', 'they are not JSON'],
    ['{"m":1}', '"m" must be an object such as { "input": 0.5, "output": 1.5 }, or null for no estimate.'],
    ['{"a*b":null}', '"a*b" has a * before its end; it may only stand last.'],
    ['{"m":{"input":"1"}}', '"input" of "m" must be a number from 0 up, in US dollars for a million tokens.'],
    [
      '{"m":{"prompt":1}}',
      '"prompt" of "m" is not a kind of token; use input, output, or one such as input_cached_tokens.',
    ],
    ['{"m":{"output":1}}', '"m" has no price for "input"; give one, 0 if it is free.'],
  ])('in a file with %s are refused with the reason', (text, reason) => {
    expect(() => readOverrides(text, 'prices.json')).toThrow(PricesUnusable);
    expect(() => readOverrides(text, 'prices.json')).toThrow(`The prices in prices.json cannot be used: ${reason}`);
  });
});
