import { describe, expect, it } from 'vitest';
import { normalise } from './index.js';
import { recordedSpans, spanWith } from './testing.js';

const chats = (name: string, operation: string) =>
  recordedSpans(name)
    .map(normalise)
    .filter(({ body }) => String(body.metadata['ai.operationId']).startsWith(operation));

const tokens = (observations: readonly { readonly usage: Readonly<Record<string, number>> }[]) =>
  observations.reduce((sum, { usage }) => sum + (usage.total ?? 0), 0);

describe('a call of the Vercel AI SDK, version 6', () => {
  const observations = recordedSpans('ai-sdk-6').map(normalise);
  const [outer, first, tool, second] = observations;

  it('is a chain, named as its function, around its generations and its tools', () => {
    expect(observations.slice(0, 4).map(({ type, name }) => [type, name])).toEqual([
      ['chain', 'ask-weather'],
      ['generation', 'ai.generateText.doGenerate'],
      ['tool', 'weather'],
      ['generation', 'ai.generateText.doGenerate'],
    ]);
    expect(outer?.body.input).toBe(
      '{"system":"Be brief.","messages":[{"role":"user","content":"How warm is it in Paris?"}]}',
    );
    expect(tool?.body).toMatchObject({ input: '{"city":"Paris"}', output: '{"celsius":18}' });
  });

  it('has a generation with model, parameters, tokens and messages', () => {
    expect(first).toMatchObject({
      model: 'gpt-4o-2024-08-06',
      provider: 'openai.chat',
      modelParameters: { maxOutputTokens: 200, temperature: 0.2, maxRetries: 2 },
      usage: { input: 60, output: 20, input_cached_tokens: 40, output_reasoning_tokens: 10, total: 130 },
    });
    expect(JSON.parse(first?.body.output ?? '')).toEqual({
      role: 'assistant',
      content: [{ type: 'tool-call', toolCallId: 'call_1', toolName: 'weather', input: '{"city":"Paris"}' }],
    });
    expect(JSON.parse(second?.body.input ?? '')).toHaveLength(4);
    expect(JSON.parse(second?.body.output ?? '')).toEqual({
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'Tool says 18.' },
        { type: 'text', text: 'It is 18 degrees in Paris.' },
      ],
    });
  });

  it('says of its trace what the telemetry metadata says; the rest of it is metadata', () => {
    expect(outer?.trace).toEqual({ sessionId: 'chat-1', sessionIdStrength: 2, userId: 'ada', tags: ['a', 'b'] });
    expect(outer?.body.metadata).toMatchObject({ tier: 'gold', 'ai.usage.inputTokens': 200 });
  });

  it('shows once what the SDK wrote under two keys', () => {
    const keys = Object.keys(second?.body.metadata ?? {});
    expect(keys.filter((key) => /^(gen_ai|operation|resource)\./.test(key))).toEqual([]);
    expect(keys).toContain('ai.response.id');
  });

  it('knows when the first token of a stream came', () => {
    const stream = observations.find(({ name }) => name === 'ai.streamText.doStream');
    expect(stream?.body.output).toBe('Hello');
    expect((stream?.firstTokenMs ?? 0) - (stream?.startMs ?? 0)).toBeCloseTo(3.32, 1);
  });

  it.each([
    ['ai.generateObject', 'generation', '{"city":"Paris"}', 130],
    ['ai.embedMany', 'embedding', '[[0.1,0.2]]', 16],
    ['ai.rerank', 'retriever', '[{"index":1,"relevanceScore":0.9},{"index":0,"relevanceScore":0.1}]', 0],
  ])(
    'that is %s is a chain around calls of the type %s, and their tokens count once',
    (operation, type, output, total) => {
      const [around, call, ...others] = chats('ai-sdk-6', operation);
      expect([around?.type, call?.type]).toEqual(['chain', type]);
      expect(call?.body.output).toBe(output);
      expect(tokens([...chats('ai-sdk-6', operation)])).toBe(total);
      expect(others.every((other) => other.type === type)).toBe(true);
    },
  );

  it('counts its tokens once, though the outer span repeats them', () => {
    expect(tokens(chats('ai-sdk-6', 'ai.generateText'))).toBe(260);
    expect(tokens(chats('ai-sdk-4', 'ai.generateText'))).toBe(260);
  });
});

describe('a call of the Vercel AI SDK, version 4', () => {
  const [, first, tool, second] = recordedSpans('ai-sdk-4').map(normalise);

  it('has a generation whose details are in what the provider said', () => {
    expect(first).toMatchObject({ type: 'generation', usage: { input: 100, output: 30, total: 130 } });
    expect(second?.usage).toEqual({
      input: 60,
      output: 20,
      input_cached_tokens: 40,
      output_reasoning_tokens: 10,
      total: 130,
    });
  });

  it('has a tool, though it says nothing of the session', () => {
    expect(tool).toMatchObject({ type: 'tool', name: 'weather', trace: {} });
  });
});

describe('a call of the Vercel AI SDK, version 7', () => {
  const observations = recordedSpans('ai-sdk-7').map(normalise);

  it('is an agent with its steps, and its tokens count once, though the agent repeats them', () => {
    expect(observations.slice(0, 6).map(({ type, name }) => [type, name])).toEqual([
      ['agent', 'invoke_agent gpt-4o'],
      ['chain', 'step 1'],
      ['generation', 'chat gpt-4o'],
      ['tool', 'weather'],
      ['chain', 'step 2'],
      ['generation', 'chat gpt-4o'],
    ]);
    expect(tokens(observations.slice(0, 6))).toBe(260);
    expect(observations[0]?.body.metadata).toMatchObject({ 'gen_ai.usage.input_tokens': 200 });
  });

  it('has the system’s instructions in front of its messages', () => {
    expect(JSON.parse(observations[2]?.body.input ?? '')).toEqual([
      { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
      { role: 'user', parts: [{ type: 'text', content: 'How warm is it in Paris?' }] },
    ]);
  });

  it('knows when the first token of a stream came', () => {
    const stream = observations.at(-1);
    expect((stream?.firstTokenMs ?? 0) - (stream?.startMs ?? 0)).toBeCloseTo(108.58, 1);
  });

  it('has session, user and metadata in the runtime context that the application let it write', () => {
    const [agent] = observations;
    expect(agent?.trace).toEqual({ sessionId: 'chat-1', sessionIdStrength: 2, userId: 'ada' });
    expect(agent?.body.metadata).toMatchObject({ tier: 'gold' });
    expect(agent?.modelParameters).toEqual({ temperature: 0.2, max_tokens: 200 });
  });
});

describe('a generation of the Vercel AI SDK', () => {
  const generation = { 'ai.operationId': 'ai.generateText.doGenerate' };

  it('with a prompt of Langfuse is linked to it', () => {
    const key = 'ai.telemetry.metadata.langfusePrompt';
    const { prompt } = normalise(spanWith({ ...generation, [key]: '{"name":"answer","version":3}' }));
    expect(prompt).toEqual({ name: 'answer', version: 3 });
  });

  it.each([
    ['4, beside its input', 10, { cacheReadInputTokens: 7, cacheCreationInputTokens: 3 }],
    [
      '5, beside its input',
      10,
      { usage: { input_tokens: 10, cache_read_input_tokens: 7, cache_creation_input_tokens: 3 } },
    ],
    [
      '6, within its input',
      20,
      { usage: { input_tokens: 10, cache_read_input_tokens: 7, cache_creation_input_tokens: 3 } },
    ],
  ])('of Anthropic counts the cache as version %s', (_, promptTokens, anthropic) => {
    const { usage } = normalise(
      spanWith({
        ...generation,
        'ai.usage.promptTokens': promptTokens,
        'ai.usage.completionTokens': 5,
        'ai.response.providerMetadata': JSON.stringify({ anthropic }),
      }),
    );
    expect(usage).toEqual({ input: 10, output: 5, input_cached_tokens: 7, input_cache_creation: 3, total: 25 });
  });

  it('keeps what another wrote under a key that the SDK writes copies to', () => {
    const span = spanWith({ ...generation, 'ai.response.id': 'a', 'gen_ai.response.id': 'b' });
    expect(normalise(span).body.metadata).toMatchObject({ 'ai.response.id': 'a', 'gen_ai.response.id': 'b' });
    expect(normalise(span).responseId).toBe('b');
  });
});
