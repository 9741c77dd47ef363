import { describe, expect, it } from 'vitest';
import { normalise } from './index.js';
import { spanWith } from './testing.js';

describe('a span of a Langfuse SDK', () => {
  it('is a generation with its model, tokens, cost and prompt', () => {
    const observation = normalise(
      spanWith({
        'langfuse.observation.type': 'generation',
        'langfuse.observation.model.name': 'gpt-4o',
        'langfuse.observation.model.parameters': '{"temperature":0.2}',
        'langfuse.observation.usage_details': '{"input":12,"output":30,"total":42}',
        'langfuse.observation.cost_details': '{"input":0.1,"output":0.2}',
        'langfuse.observation.prompt.name': 'answer',
        'langfuse.observation.prompt.version': 3,
        'langfuse.observation.input': '[{"role":"user","content":"Hi"}]',
        'langfuse.observation.output': 'Hello',
      }),
    );
    expect(observation).toMatchObject({
      type: 'generation',
      model: 'gpt-4o',
      modelParameters: { temperature: 0.2 },
      usage: { input: 12, output: 30, total: 42 },
      prompt: { name: 'answer', version: 3 },
      body: { input: '[{"role":"user","content":"Hi"}]', output: 'Hello', metadata: {} },
    });
    expect(observation.cost.total).toBeCloseTo(0.3);
  });

  it('counts the tokens of a usage object that came as its provider gave it once each', () => {
    const usage = (details: object) =>
      normalise(spanWith({ 'langfuse.observation.usage_details': JSON.stringify(details) })).usage;
    expect(
      usage({
        ...{ input_tokens: 10, cache_creation_input_tokens: 1733, cache_read_input_tokens: 512, output_tokens: 5 },
        cache_creation: { ephemeral_5m_input_tokens: 1733 },
        server_tool_use: { web_search_requests: 3 },
      }),
    ).toEqual({ input: 10, input_cached_tokens: 512, input_cache_creation: 1733, output: 5, total: 2260 });
    const aiSdk = {
      ...{ inputTokens: 100, inputTokenDetails: { noCacheTokens: 10, cacheReadTokens: 85, cacheWriteTokens: 5 } },
      ...{ outputTokens: 50, outputTokenDetails: { textTokens: 30, reasoningTokens: 20 }, totalTokens: 150 },
      ...{ cachedInputTokens: 85, reasoningTokens: 20 },
    };
    const read = usage(aiSdk);
    expect(read.total).toBe(150);
    expect(usage(read)).toEqual(read);
    expect(usage({ server_tool_use: { web_search_requests: 3 } })).toEqual({});
  });

  it.each([
    ['as it is', '2026-05-04T10:00:00.250Z'],
    ['in quotes', '"2026-05-04T10:00:00.250Z"'],
    ['in quotes twice', JSON.stringify('"2026-05-04T10:00:00.250Z"')],
  ])('tells when its first token came, %s', (_how, value) => {
    const { firstTokenMs } = normalise(spanWith({ 'langfuse.observation.completion_start_time': value }));
    expect(firstTokenMs).toBe(Date.UTC(2026, 4, 4, 10, 0, 0, 250));
  });

  it('says what it knows of its trace', () => {
    const { trace } = normalise(
      spanWith({
        'session.id': 'chat/1',
        'user.id': 'ada',
        'langfuse.trace.name': 'support',
        'langfuse.trace.tags': ['a', 'b', 'a'],
        'langfuse.trace.public': true,
        'langfuse.trace.metadata.tier': 'gold',
        'langfuse.release': 'r1',
        'langfuse.version': 'v2',
        'langfuse.environment': 'staging',
        'langfuse.trace.input': '{"query":"?"}',
      }),
    );
    expect(trace).toEqual({
      sessionId: 'chat/1',
      userId: 'ada',
      name: 'support',
      tags: ['a', 'b'],
      public: true,
      metadata: { tier: 'gold' },
      release: 'r1',
      placeStrengths: { release: 2 },
      version: 'v2',
      environment: 'staging',
      input: '{"query":"?"}',
    });
  });

  it('called a span by an old Python SDK is the generation that its model shows it to be', () => {
    const span = spanWith({ 'langfuse.observation.type': 'span', 'langfuse.observation.model.name': 'gpt-4' });
    expect(normalise(span).type).toBe('generation');
  });

  it('keeps metadata named __proto__ as an entry like any other', () => {
    const { metadata } = normalise(spanWith({ 'langfuse.observation.metadata.__proto__': 'x' })).body;
    expect(Object.entries(metadata)).toEqual([['__proto__', 'x']]);
  });

  it('keeps parameters that are nested too deep to write them again as the text that came', () => {
    const deep = `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    const observation = normalise(spanWith({ 'langfuse.observation.model.parameters': deep }));
    expect(observation.modelParameters).toEqual({});
    expect(observation.body.metadata).toEqual({ 'langfuse.observation.model.parameters': deep });
  });

  it('keeps a type that it does not know in the metadata', () => {
    const observation = normalise(spanWith({ 'langfuse.observation.type': 'novel' }));
    expect(observation.type).toBe('span');
    expect(observation.body.metadata).toEqual({ 'langfuse.observation.type': 'novel' });
  });
});
