import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { usageByKind } from './usage.js';

const sum = ({ total: _total, ...kinds }: Record<string, number>): number =>
  Object.values(kinds).reduce((all, count) => all + count, 0);

describe('a usage object is told apart into kinds that do not overlap', () => {
  it.each<[provider: string, usage: object, kinds: Record<string, number>]>([
    [
      'OpenAI chat',
      {
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 40, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 20, audio_tokens: 5, accepted_prediction_tokens: 3 },
      },
      {
        ...{ input: 60, input_cached_tokens: 40, output: 22, output_reasoning_tokens: 20, output_audio_tokens: 5 },
        ...{ output_accepted_prediction_tokens: 3, total: 150 },
      },
    ],
    [
      'OpenAI responses',
      {
        ...{ input_tokens: 100, input_tokens_details: { cached_tokens: 40 }, output_tokens: 50, total_tokens: 150 },
        output_tokens_details: { reasoning_tokens: 20 },
      },
      { input: 60, input_cached_tokens: 40, output: 30, output_reasoning_tokens: 20, total: 150 },
    ],
    [
      'OpenAI agents, a detail for each request',
      {
        requests: 2,
        inputTokens: 100,
        outputTokens: 50,
        totalTokens: 150,
        inputTokensDetails: [{ cached_tokens: 30 }, { cached_tokens: 10 }],
      },
      { input: 60, input_cached_tokens: 40, output: 50, total: 150 },
    ],
    [
      'AI SDK 6 and 7',
      {
        inputTokens: 100,
        inputTokenDetails: { noCacheTokens: 10, cacheReadTokens: 85, cacheWriteTokens: 5 },
        outputTokens: 50,
        outputTokenDetails: { textTokens: 30, reasoningTokens: 20 },
        totalTokens: 150,
        reasoningTokens: 20,
        cachedInputTokens: 85,
        raw: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 },
      },
      {
        input: 10,
        input_cached_tokens: 85,
        input_cache_creation: 5,
        output: 30,
        output_reasoning_tokens: 20,
        total: 150,
      },
    ],
    [
      'AI SDK 5',
      { inputTokens: 100, outputTokens: 50, totalTokens: 150, reasoningTokens: 20, cachedInputTokens: 85 },
      { input: 15, input_cached_tokens: 85, output: 30, output_reasoning_tokens: 20, total: 150 },
    ],
    ['AI SDK 4', { promptTokens: 9, completionTokens: 4, totalTokens: 13 }, { input: 9, output: 4, total: 13 }],
    [
      'Anthropic',
      {
        ...{ input_tokens: 10, cache_creation_input_tokens: 1733, cache_read_input_tokens: 512, output_tokens: 5 },
        cache_creation: { ephemeral_5m_input_tokens: 1733, ephemeral_1h_input_tokens: 0 },
        server_tool_use: { web_search_requests: 3, web_fetch_requests: 0 },
        service_tier: 'standard',
      },
      { input: 10, input_cached_tokens: 512, input_cache_creation: 1733, output: 5 },
    ],
    [
      'Anthropic, cache writes by their lifetime only',
      {
        input_tokens: 10,
        output_tokens: 5,
        cache_creation: { ephemeral_5m_input_tokens: 7, ephemeral_1h_input_tokens: 2 },
      },
      { input: 10, input_cache_creation: 9, output: 5 },
    ],
    [
      'Bedrock',
      { inputTokens: 10, outputTokens: 5, totalTokens: 65, cacheReadInputTokens: 30, cacheWriteInputTokens: 20 },
      { input: 10, input_cached_tokens: 30, input_cache_creation: 20, output: 5, total: 65 },
    ],
    [
      'LiteLLM, which has Anthropic’s cache in the prompt',
      {
        ...{ prompt_tokens: 60, completion_tokens: 5, total_tokens: 65, cache_read_input_tokens: 30 },
        ...{ cache_creation_input_tokens: 20, prompt_tokens_details: { cached_tokens: 30 } },
      },
      { input: 10, input_cached_tokens: 30, input_cache_creation: 20, output: 5, total: 65 },
    ],
    [
      'Gemini',
      {
        promptTokenCount: 100,
        cachedContentTokenCount: 40,
        candidatesTokenCount: 20,
        thoughtsTokenCount: 30,
        toolUsePromptTokenCount: 7,
        totalTokenCount: 157,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 90 },
          { modality: 'AUDIO', tokenCount: 10 },
        ],
        cacheTokensDetails: [{ modality: 'TEXT', tokenCount: 40 }],
      },
      {
        ...{ input: 50, input_cached_tokens: 40, input_audio_tokens: 10, input_tool_use_tokens: 7 },
        ...{ output: 20, output_reasoning_tokens: 30, total: 157 },
      },
    ],
    [
      'LangChain',
      {
        input_tokens: 100,
        output_tokens: 50,
        total_tokens: 150,
        input_token_details: { cache_read: 85, cache_creation: 5 },
        output_token_details: { reasoning: 20 },
      },
      {
        input: 10,
        input_cached_tokens: 85,
        input_cache_creation: 5,
        output: 30,
        output_reasoning_tokens: 20,
        total: 150,
      },
    ],
    [
      'DeepSeek',
      {
        prompt_tokens: 100,
        completion_tokens: 5,
        total_tokens: 105,
        prompt_cache_hit_tokens: 60,
        prompt_cache_miss_tokens: 40,
      },
      { input: 40, input_cached_tokens: 60, output: 5, total: 105 },
    ],
    [
      'xAI, whose reasoning is beside its output',
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 115,
        completion_tokens_details: { reasoning_tokens: 100 },
      },
      { input: 10, output: 5, output_reasoning_tokens: 100, total: 115 },
    ],
    [
      'Mistral',
      { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7, prompt_audio_seconds: 12 },
      { input: 3, output: 4, total: 7 },
    ],
    [
      'Groq',
      { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7, queue_time: 0.1, prompt_time: 1, total_time: 2 },
      { input: 3, output: 4, total: 7 },
    ],
    [
      'Perplexity',
      { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7, num_search_queries: 2, cost: { total_cost: 1 } },
      { input: 3, output: 4, total: 7 },
    ],
    [
      'Cohere',
      {
        billed_units: { input_tokens: 3, output_tokens: 4, search_units: 1 },
        tokens: { input_tokens: 60, output_tokens: 5 },
      },
      { input: 60, output: 5 },
    ],
    [
      'Cohere, with a cache',
      {
        billed_units: { input_tokens: 3, output_tokens: 4 },
        tokens: { input_tokens: 60, output_tokens: 5 },
        cached_tokens: 16,
      },
      { input: 44, input_cached_tokens: 16, output: 5 },
    ],
    ['Ollama', { prompt_eval_count: 26, eval_count: 298, total_duration: 5_000_000 }, { input: 26, output: 298 }],
    [
      'ours, with the cache beside',
      { input: 6, input_cached_tokens: 4, output: 8, total: 18 },
      { input: 6, input_cached_tokens: 4, output: 8, total: 18 },
    ],
    [
      'ours, where the total says that the cache is counted',
      { input: 10, input_cached_tokens: 4, output: 8, total: 18 },
      { input: 6, input_cached_tokens: 4, output: 8, total: 18 },
    ],
    [
      'ours, with a kind of the application and a number that is not a token',
      { input: 1, output: 2, reranked: 7, web_search_requests: 3 },
      { input: 1, output: 2, reranked: 7 },
    ],
    [
      'parts that overlap, which are cut to their whole',
      {
        prompt_tokens: 10,
        completion_tokens: 0,
        total_tokens: 10,
        prompt_tokens_details: { cached_tokens: 8, audio_tokens: 6 },
      },
      { input: 0, input_cached_tokens: 8, input_audio_tokens: 2, output: 0, total: 10 },
    ],
    ['counts as text', { prompt_tokens: '3', completion_tokens: '4' }, { input: 3, output: 4 }],
  ])('of %s', (_provider, usage, kinds) => {
    const read = usageByKind(usage);
    expect(read).toEqual(kinds);
    expect(sum(kinds)).toBe(kinds.total ?? sum(kinds));
  });

  it('is nothing where there is no count', () => {
    for (const usage of [{}, { raw: { prompt_tokens: 3 } }, { web_search_requests: 3 }, [], { prompt_tokens: -1 }]) {
      expect(usageByKind(usage)).toBeUndefined();
    }
  });
});

const NAMES = [
  ...['input', 'output', 'total', 'prompt_tokens', 'completion_tokens', 'total_tokens', 'inputTokens', 'outputTokens'],
  ...['totalTokens', 'cachedInputTokens', 'reasoningTokens', 'cache_read_input_tokens', 'cacheWriteInputTokens'],
  ...['promptTokenCount', 'candidatesTokenCount', 'thoughtsTokenCount', 'cachedContentTokenCount', 'totalTokenCount'],
  ...['input_cached_tokens', 'output_reasoning_tokens', 'reranked', 'other', 'web_search_requests'],
];
const DETAILS = [
  'prompt_tokens_details',
  'inputTokenDetails',
  'completion_tokens_details',
  'outputTokenDetails',
  'raw',
];
const count = fc.nat(1_000);
const usageObject = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...NAMES), count, { maxKeys: 6 }),
    fc.dictionary(
      fc.constantFrom(...DETAILS),
      fc.dictionary(fc.constantFrom('cached_tokens', 'cacheReadTokens', 'reasoningTokens', 'audio_tokens'), count),
      { maxKeys: 3 },
    ),
  )
  .map(([counts, details]) => ({ ...counts, ...details }));

describe('any usage object', () => {
  it('has kinds that add up to its total, which is what was given or more', () => {
    fc.assert(
      fc.property(usageObject, (usage) => {
        const kinds = usageByKind(usage);
        if (kinds?.total === undefined) return;
        expect(sum(kinds)).toBe(kinds.total);
        for (const one of Object.values(kinds)) expect(one).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 5_000 },
    );
  });

  it('reads the same when what was read is read again', () => {
    fc.assert(
      fc.property(usageObject, (usage) => {
        const kinds = usageByKind(usage);
        if (kinds) expect(usageByKind(kinds) ?? {}).toEqual(kinds);
      }),
      { numRuns: 5_000 },
    );
  });

  it('of a known whole has no more in its parts than the whole, where the details say that they are parts', () => {
    fc.assert(
      fc.property(count, count, count, count, (prompt, completion, cached, reasoning) => {
        const usage = {
          ...{ prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
          ...{
            prompt_tokens_details: { cached_tokens: cached },
            completion_tokens_details: { reasoning_tokens: reasoning },
          },
        };
        const kinds = usageByKind(usage) ?? {};
        if (cached <= prompt && reasoning <= completion) {
          expect((kinds.input ?? 0) + (kinds.input_cached_tokens ?? 0)).toBe(prompt);
          expect((kinds.output ?? 0) + (kinds.output_reasoning_tokens ?? 0)).toBe(completion);
          expect(kinds.total).toBe(prompt + completion);
        }
      }),
    );
  });
});
