import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalise } from './index.js';
import { spanWith } from './testing.js';

describe('a span of the GenAI conventions', () => {
  it('is a generation with its model, session, parameters, tokens and messages', () => {
    const messages = '[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]';
    const observation = normalise(
      spanWith({
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.response.model': 'gpt-4o-2024-08-06',
        'gen_ai.conversation.id': 'c1',
        'gen_ai.request.temperature': 0.5,
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 30,
        'gen_ai.usage.cache_read.input_tokens': 40,
        'gen_ai.usage.reasoning.output_tokens': 10,
        'gen_ai.input.messages': messages,
        'gen_ai.response.id': 'r1',
      }),
    );
    expect(observation).toMatchObject({
      type: 'generation',
      model: 'gpt-4o-2024-08-06',
      provider: 'openai',
      modelParameters: { temperature: 0.5 },
      usage: { input: 60, output: 20, input_cached_tokens: 40, output_reasoning_tokens: 10, total: 130 },
      trace: { sessionId: 'c1' },
      responseId: 'r1',
      body: { input: messages, metadata: { 'gen_ai.response.id': 'r1', 'gen_ai.request.model': 'gpt-4o' } },
    });
  });

  it.each([
    ['execute_tool', 'tool'],
    ['embeddings', 'embedding'],
    ['invoke_agent', 'agent'],
    ['retrieval', 'retriever'],
    ['invoke_workflow', 'chain'],
    ['constructor', 'span'],
  ])('of the operation %s is a %s', (operation, type) => {
    expect(normalise(spanWith({ 'gen_ai.operation.name': operation })).type).toBe(type);
  });

  it.each([
    ['[ {"role":"user","id":12345678901234567890} ]', ',{"role":"user","id":12345678901234567890} ]'],
    ['[ ]', ']'],
    [undefined, ']'],
  ])('has the system’s instructions in front of its messages, which stay as they came: %s', (messages, rest) => {
    const instructions = { 'gen_ai.system_instructions': '[{"type":"text","content":"Be brief."}]' };
    const span = spanWith({ ...instructions, ...(messages && { 'gen_ai.input.messages': messages }) });
    expect(normalise(span).body).toMatchObject({
      input: `[{"role":"system","parts":[{"type":"text","content":"Be brief."}]}${rest}`,
      metadata: {},
    });
  });

  it('of a tool is named as the tool, not as the operation', () => {
    const tool = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'weather' };
    expect(normalise(spanWith(tool, { name: 'execute_tool weather' }))).toMatchObject({
      type: 'tool',
      name: 'weather',
    });
  });

  it('of a tool is named as the tool without an operation too, and a call of a model is not', () => {
    const tool = { 'gen_ai.tool.name': 'weather' };
    expect(normalise(spanWith(tool, { name: 'running tool' }))).toMatchObject({ type: 'tool', name: 'weather' });
    const call = { ...tool, 'gen_ai.request.model': 'gpt-4o', 'openinference.span.kind': 'LLM' };
    expect(normalise(spanWith(call, { name: 'call' })).name).toBe('call');
  });

  it('knows when the first token came, which it says in seconds', () => {
    const { startMs, firstTokenMs } = normalise(spanWith({ 'gen_ai.response.time_to_first_chunk': 0.25 }));
    expect(firstTokenMs).toBe(startMs + 250);
  });

  it('of an agent shows the tokens of its generations, and does not count them again', () => {
    const span = spanWith({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.usage.input_tokens': 5 });
    expect(normalise(span)).toMatchObject({ usage: {}, body: { metadata: { 'gen_ai.usage.input_tokens': 5 } } });
  });

  it('has instructions in plain text in front of its messages, too', () => {
    const span = spanWith({ 'gen_ai.system_instructions': 'Be brief.', 'gen_ai.input.messages': '[{"role":"user"}]' });
    expect(normalise(span).body.input).toBe('[{"role":"system","content":"Be brief."},{"role":"user"}]');
  });

  it.each([
    ['[{"role":"system","parts":[{"type":"text","content":"Be brief."}]},{"role":"user"}]', 1],
    ['[{"role":"system","content":"Be brief."},{"role":"user"}]', 1],
    ['[{"role":"system","content":"Be kind."},{"role":"user"}]', 2],
    ['[{"role":"user","content":"Be brief."}]', 1],
  ])('says instructions once where its messages begin with them: %s', (messages, times) => {
    const instructions = { 'gen_ai.system_instructions': '[{"type":"text","content":"Be brief."}]' };
    const { input, metadata } = normalise(spanWith({ ...instructions, 'gen_ai.input.messages': messages })).body;
    const roles = JSON.parse(input ?? '').map(({ role }: { role: string }) => role);
    expect(roles.filter((role: string) => role === 'system')).toHaveLength(times);
    expect(metadata).toEqual({});
  });

  it('gives way to what a Langfuse SDK wrote', () => {
    const both = { 'gen_ai.operation.name': 'chat', 'langfuse.observation.type': 'agent', 'session.id': 'a' };
    const observation = normalise(spanWith({ ...both, 'gen_ai.conversation.id': 'b' }));
    expect(observation).toMatchObject({ type: 'agent', trace: { sessionId: 'a' } });
  });

  it('never throws, whatever its attributes hold, and its parts add up to the total', () => {
    const keys = fc.constantFrom(
      'gen_ai.operation.name',
      'gen_ai.usage.input_tokens',
      'gen_ai.usage.output_tokens',
      'gen_ai.usage.total_tokens',
      'gen_ai.usage.cache_read.input_tokens',
      'gen_ai.usage.reasoning_tokens',
      'gen_ai.input.messages',
      'langfuse.observation.metadata.__proto__',
      '__proto__',
    );
    const values = fc.oneof(fc.integer({ min: -5, max: 1_000 }), fc.string(), fc.constant(null), fc.constant([]));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.oneof(keys, fc.string()), values)), (attributes) => {
        const { usage } = normalise(spanWith({}, { attributes: new Map(attributes) }));
        const { total = 0, ...parts } = usage;
        expect(Object.values(parts).reduce((sum, count) => sum + count, 0)).toBeCloseTo(total);
      }),
    );
  });
});

describe("a provider's own counts, which Logfire sends beside those of the conventions", () => {
  it.each([
    [
      "OpenAI's chat",
      {
        ...{
          prompt_tokens: 100,
          completion_tokens: 20,
          total_tokens: 120,
          prompt_tokens_details: { cached_tokens: 40 },
        },
        completion_tokens_details: { reasoning_tokens: 8 },
      },
      { input: 60, output: 12, input_cached_tokens: 40, output_reasoning_tokens: 8, total: 120 },
    ],
    [
      "OpenAI's Responses",
      {
        ...{ input_tokens: 100, output_tokens: 20, total_tokens: 120, input_tokens_details: { cached_tokens: 40 } },
        output_tokens_details: { reasoning_tokens: 8 },
      },
      { input: 60, output: 12, input_cached_tokens: 40, output_reasoning_tokens: 8, total: 120 },
    ],
    [
      "Anthropic's, whose input is without what was cached",
      { input_tokens: 60, output_tokens: 20, cache_read_input_tokens: 30, cache_creation_input_tokens: 10 },
      { input: 60, output: 20, input_cached_tokens: 30, input_cache_creation: 10, total: 120 },
    ],
  ])('are read with their parts: %s', (_, raw, usage) => {
    const named = { 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 20 };
    const span = spanWith({ 'gen_ai.operation.name': 'chat', 'gen_ai.usage.raw': JSON.stringify(raw), ...named });
    expect(normalise(span).usage).toEqual(usage);
    expect(Object.keys(normalise(span).body.metadata)).toEqual([]);
  });

  it.each([['{}'], ['not JSON'], ['{"prompt_tokens":"many"}'], ['{"input_tokens":100,"output_tokens":1}']])(
    'are not taken where they say less: %s',
    (raw) => {
      const named = { 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 20 };
      expect(normalise(spanWith({ ...named, 'gen_ai.usage.raw': raw, 'gen_ai.operation.name': 'chat' })).usage).toEqual(
        {
          ...{ input: 100, output: 20, total: 120 },
        },
      );
    },
  );
});
