import type { Json } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { normalise } from './index.js';
import { spanWith } from './testing.js';

describe('the cost that a client sent', () => {
  it.each<[string, Record<string, Json>, Record<string, number>]>([
    ['Pydantic AI', { 'operation.cost': 0.0005265 }, { total: 0.0005265 }],
    [
      'LiteLLM',
      { 'gen_ai.cost.input_cost': 1.2e-5, 'gen_ai.cost.output_cost': 1.2e-5, 'gen_ai.cost.total_cost': 2.4e-5 },
      { input: 1.2e-5, output: 1.2e-5, total: 2.4e-5 },
    ],
    ['LiteLLM by OpenInference', { 'llm.response.cost': 2.4e-5 }, { total: 2.4e-5 }],
    [
      'OpenInference',
      { 'llm.cost.prompt': 1, 'llm.cost.completion': 2, 'llm.cost.total': 3 },
      { input: 1, output: 2, total: 3 },
    ],
    [
      'OpenInference without a total',
      { 'llm.cost.prompt': 1, 'llm.cost.completion': 2 },
      { input: 1, output: 2, total: 3 },
    ],
    ['OpenLIT', { 'gen_ai.usage.cost': 0.25 }, { total: 0.25 }],
    [
      'LangSmith',
      { 'gen_ai.usage.input_cost': 1, 'gen_ai.usage.output_cost': 2, 'gen_ai.usage.total_cost': 3 },
      { input: 1, output: 2, total: 3 },
    ],
    ['a gateway, as text', { 'gen_ai.usage.cost': '1500.5' }, { total: 1500.5 }],
    [
      'Vercel’s gateway, through the AI SDK',
      { 'ai.response.providerMetadata': '{"gateway":{"cost":"0.0045"}}' },
      { total: 0.0045 },
    ],
    [
      'OpenRouter, through the AI SDK',
      { 'ai.response.providerMetadata': '{"openrouter":{"usage":{"cost":0.002}}}' },
      { total: 0.002 },
    ],
  ])('is read as %s writes it', (_client, attributes, cost) => {
    const { cost: read, costEstimated } = normalise(spanWith({ 'gen_ai.operation.name': 'chat', ...attributes }));
    expect(read).toEqual(cost);
    expect(costEstimated).toBe(false);
  });

  it.each<[string, Record<string, Json>]>([
    ['OpenLIT, of a model that its table lacks', { 'gen_ai.usage.cost': 0, 'gen_ai.usage.input_tokens': 100 }],
    ['LiteLLM, of a call that failed', { 'llm.response.cost': 0, 'llm.cost.total': 0 }],
    ['Langfuse, of a call that failed', { 'langfuse.observation.cost_details': '{"input":0,"output":0,"total":0}' }],
  ])('is none where zeros stand for a price that nobody knows: %s', (_client, attributes) => {
    expect(normalise(spanWith({ 'gen_ai.operation.name': 'chat', ...attributes })).cost).toEqual({});
  });

  it('is 0 where the application says so of a call with tokens', () => {
    const details = { usage_details: '{"input":10}', cost_details: '{"total":0}' };
    const keys = Object.entries(details).map(([key, value]) => [`langfuse.observation.${key}`, value]);
    expect(normalise(spanWith(Object.fromEntries(keys))).cost).toEqual({ total: 0 });
  });

  it('is that of its calls on an agent, where it is metadata', () => {
    const { cost, body } = normalise(spanWith({ 'gen_ai.operation.name': 'invoke_agent', 'operation.cost': 1 }));
    expect(cost).toEqual({});
    expect(body.metadata).toEqual({ 'operation.cost': 1 });
  });
});

describe('token counts', () => {
  const usageOf = (counts: Record<string, number>) =>
    normalise(
      spanWith(Object.fromEntries(Object.entries(counts).map(([name, count]) => [`gen_ai.usage.${name}`, count]))),
    ).usage;

  it.each([
    ['cache_read.input_tokens', 'cache_creation.input_tokens'],
    ['cache_read.input_tokens', 'cache_write.input_tokens'],
    ['cache_read_input_tokens', 'cache_creation_input_tokens'],
    ['cache_read_input_tokens', 'cache_write_input_tokens'],
    ['cache_read_tokens', 'cache_write_tokens'],
    ['details.cache_read_tokens', 'details.cache_write_tokens'],
    ['details.cache_read_input_tokens', 'details.cache_creation_input_tokens'],
    ['prompt_details.cache_read', 'prompt_details.cache_write'],
    ['input_token_details.cache_read', 'input_token_details.cache_creation'],
  ])('take what %s and %s say out of the input, whose parts add up to the total', (read, written) => {
    const counts = { input_tokens: 130_213, output_tokens: 50, [read]: 128_955, [written]: 1_253 };
    expect(usageOf(counts)).toEqual({
      input: 5,
      input_cached_tokens: 128_955,
      input_cache_creation: 1_253,
      output: 50,
      total: 130_263,
    });
  });

  it('know the parts by modality, and those of reasoning under every name', () => {
    const parts = { 'details.input_audio_tokens': 20, input_image_tokens: 30, 'details.output_audio_tokens': 5 };
    expect(usageOf({ input_tokens: 100, output_tokens: 20, ...parts })).toEqual({
      ...{ input: 50, input_audio_tokens: 20, input_image_tokens: 30 },
      ...{ output: 15, output_audio_tokens: 5, total: 120 },
    });
    for (const name of [
      'reasoning.output_tokens',
      'reasoning_tokens',
      'output_tokens.reasoning',
      'details.reasoning_tokens',
    ])
      expect(usageOf({ input_tokens: 100, output_tokens: 20, [name]: 8 })).toEqual({
        ...{ input: 100, output: 12, output_reasoning_tokens: 8, total: 120 },
      });
  });

  it('are of the same kinds where Langfuse’s callback for LangChain names them', () => {
    const details = { input: 60, output: 12, input_cache_read: 40, output_reasoning: 8, total: 120 };
    const span = spanWith({ 'langfuse.observation.usage_details': JSON.stringify(details) });
    expect(normalise(span).usage).toEqual({
      ...{ input: 60, input_cached_tokens: 40, output: 12, output_reasoning_tokens: 8, total: 120 },
    });
  });

  it('of searches, requests and seconds are not tokens', () => {
    expect(
      usageOf({ input_tokens: 1, output_tokens: 1, web_search_requests: 3, 'details.web_search_requests': 3 }),
    ).toEqual({
      ...{ input: 1, output: 1, total: 2 },
    });
  });

  it('of LangSmith have their parts in its metadata', () => {
    const counts = '{"input_tokens":100,"output_tokens":20,"total_tokens":120,"input_token_details":{"cache_read":40}}';
    const span = spanWith({
      'langsmith.span.kind': 'llm',
      'langsmith.metadata.usage_metadata': counts,
      'gen_ai.usage.input_tokens': 100,
    });
    expect(normalise(span)).toMatchObject({
      usage: { input: 60, input_cached_tokens: 40, output: 20, total: 120 },
      body: { metadata: {} },
    });
  });
});

describe('LiteLLM', () => {
  it('groups requests by the id that its application set, and not by one that it made up', () => {
    const sessionOf = (id: string) => normalise(spanWith({ 'litellm.trace_id': id })).trace;
    expect(sessionOf('chat-7')).toEqual({ sessionId: 'chat-7', sessionIdStrength: 3 });
    expect(sessionOf('38440dea-f45c-4479-85a7-5d97a06d7100')).toEqual({});
  });

  it('has the parts of its counts in an object that Python wrote', () => {
    const object =
      "{'completion_tokens': 20, 'prompt_tokens': 100, 'total_tokens': 120, 'prompt_tokens_details': {'cached_tokens': 40, 'audio_tokens': None}}";
    const counts = { 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 20 };
    const span = (text: string) => normalise(spanWith({ 'metadata.usage_object': text, ...counts })).usage;
    expect(span(object)).toEqual({ input: 60, input_cached_tokens: 40, output: 20, total: 120 });
    expect(span('{}')).toEqual({ input: 100, output: 20, total: 120 });
  });

  it('names the user in a key of its own', () => {
    expect(normalise(spanWith({ 'litellm.call_id': 'c', 'llm.user': 'user-7' })).trace.userId).toBe('user-7');
  });
});
