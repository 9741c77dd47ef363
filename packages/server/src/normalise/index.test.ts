import type { Json } from '@powerrag/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalise } from './index.js';
import { recordedSpans, spanWith } from './testing.js';

const aiSdk = {
  'ai.operationId': 'ai.generateText.doGenerate',
  'ai.model.id': 'model of the AI SDK',
  'ai.model.provider': 'provider of the AI SDK',
  'ai.settings.temperature': 0.1,
  'ai.prompt.messages': 'input of the AI SDK',
  'ai.response.text': 'output of the AI SDK',
  'ai.usage.inputTokens': 1,
  'ai.telemetry.metadata.sessionId': 'session of the AI SDK',
  'ai.telemetry.metadata.userId': 'user of the AI SDK',
  'ai.telemetry.metadata.tags': ['AI SDK'],
};
const openInference = {
  'openinference.span.kind': 'RETRIEVER',
  'llm.model_name': 'model of OpenInference',
  'llm.provider': 'provider of OpenInference',
  'llm.invocation_parameters': '{"temperature":0.2}',
  'input.value': 'input of OpenInference',
  'output.value': 'output of OpenInference',
  'llm.token_count.prompt': 2,
  'tag.tags': ['OpenInference'],
};
const genAi = {
  'gen_ai.operation.name': 'embeddings',
  'gen_ai.request.model': 'model of GenAI',
  'gen_ai.provider.name': 'provider of GenAI',
  'gen_ai.request.temperature': 0.3,
  'gen_ai.input.messages': 'input of GenAI',
  'gen_ai.output.messages': 'output of GenAI',
  'gen_ai.usage.input_tokens': 3,
  'gen_ai.conversation.id': 'session of GenAI',
};
const traceloop = {
  'traceloop.span.kind': 'tool',
  'traceloop.entity.name': 'name of Traceloop',
  'traceloop.entity.input': 'input of Traceloop',
  'traceloop.entity.output': 'output of Traceloop',
  'traceloop.association.properties.session_id': 'session of Traceloop',
  'traceloop.association.properties.user_id': 'user of Traceloop',
};
const langfuse = {
  'langfuse.observation.type': 'guardrail',
  'langfuse.observation.model.name': 'model of Langfuse',
  'langfuse.observation.model.parameters': '{"temperature":0.4}',
  'langfuse.observation.input': 'input of Langfuse',
  'langfuse.observation.output': 'output of Langfuse',
  'langfuse.observation.usage_details': '{"input":4}',
  'langfuse.trace.tags': ['Langfuse'],
  'session.id': 'session of Langfuse',
  'user.id': 'user of Langfuse',
};

describe('a span that several conventions wrote on', () => {
  it.each<[string, string, string, Readonly<Record<string, Json>>]>([
    [
      'Langfuse before all others',
      'Langfuse',
      'guardrail',
      { ...traceloop, ...genAi, ...openInference, ...aiSdk, ...langfuse },
    ],
    [
      'the AI SDK before OpenInference, GenAI and Traceloop',
      'the AI SDK',
      'generation',
      { ...openInference, ...traceloop, ...genAi, ...aiSdk },
    ],
    ['OpenInference before GenAI', 'OpenInference', 'retriever', { ...genAi, ...traceloop, ...openInference }],
    ['GenAI before Traceloop', 'GenAI', 'embedding', { ...traceloop, ...genAi }],
    ['Traceloop where it is alone', 'Traceloop', 'tool', traceloop],
  ])('is read by %s', (_, name, type, attributes) => {
    const observation = normalise(spanWith(attributes));
    expect(observation.type).toBe(type);
    expect(observation.body.input).toBe(`input of ${name}`);
    expect(observation.body.output).toBe(`output of ${name}`);
    if (name !== 'Traceloop') expect(observation.model).toBe(`model of ${name}`);
  });

  it('has its tokens, parameters and tags from one of them, not their sum', () => {
    const all = { ...traceloop, ...genAi, ...openInference, ...aiSdk };
    expect(normalise(spanWith(all))).toMatchObject({
      usage: { input: 1, total: 1 },
      modelParameters: { temperature: 0.1 },
    });
    expect(normalise(spanWith({ ...all, ...langfuse }))).toMatchObject({
      usage: { input: 4, total: 4 },
      modelParameters: { temperature: 0.4 },
      trace: { tags: ['Langfuse'], sessionId: 'session of Langfuse', userId: 'user of Langfuse' },
    });
  });

  it('shows what lost as metadata', () => {
    const { metadata } = normalise(spanWith({ ...aiSdk, ...langfuse })).body;
    expect(metadata).toMatchObject({ 'ai.prompt.messages': 'input of the AI SDK', sessionId: 'session of the AI SDK' });
  });

  it('keeps the name that the application gave it', () => {
    const named = {
      'langfuse.observation.type': 'tool',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'add',
    };
    expect(normalise(spanWith(named, { name: 'my tool' })).name).toBe('my tool');
  });

  it('keeps two metadata of one name', () => {
    const { metadata } = normalise(
      spanWith({
        'langfuse.observation.metadata.tier': 'a',
        'ai.telemetry.metadata.tier': 'b',
        metadata: '{"tier":"c"}',
        tier: 'd',
      }),
    ).body;
    expect(metadata).toEqual({
      tier: 'a',
      'ai.telemetry.metadata.tier': 'b',
      'metadata.tier': 'c',
      'attribute.tier': 'd',
    });
  });
});

describe('tokens on a span around model calls', () => {
  it.each([
    ['agent', { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.usage.input_tokens': 5 }],
    ['agent', { 'openinference.span.kind': 'AGENT', 'llm.token_count.prompt': 5 }],
    ['chain', { 'traceloop.span.kind': 'workflow', 'gen_ai.usage.input_tokens': 5 }],
  ])('of the type %s are those of the calls: shown, not counted', (type, attributes) => {
    const observation = normalise(spanWith(attributes));
    expect(observation).toMatchObject({ type, usage: {} });
    expect(Object.values(observation.body.metadata)).toContain(5);
  });

  it('are kept where the application gave them itself, to be shown', () => {
    const given = { 'langfuse.observation.type': 'agent', 'langfuse.observation.usage_details': '{"input":5}' };
    expect(normalise(spanWith(given)).usage).toEqual({ input: 5, output: 0, total: 5 });
  });
});

function manyNames(count: number): string {
  return JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [`input_${i}`, 1e12])));
}

describe('normalise', () => {
  let freshKeys = 0;
  const keys = ['ai-sdk-6', 'ai-sdk-4', 'ai-sdk-7', 'open-inference', 'traceloop', 'traceloop-0.14']
    .flatMap(recordedSpans)
    .flatMap((span) => [...span.attributes.keys()]);
  const deep = '['.repeat(20_000) + ']'.repeat(20_000);
  const values = fc.oneof(
    fc.integer({ min: -5, max: 1_000 }),
    fc.string(),
    fc.json(),
    fc.constantFrom<Json>(
      null,
      [],
      {},
      ['{}', '['],
      deep,
      `{"a":${deep}}`,
      'ai.generateText',
      'AGENT',
      'chat',
      'chain',
    ),
  );

  it('never throws, makes only what can be stored, and counts no token twice, whatever the keys of any convention hold', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...new Set(keys)), values)), (attributes) => {
        const observation = normalise(spanWith({}, { attributes: new Map(attributes) }));
        expect(() => JSON.stringify(observation)).not.toThrow();
        const { total = 0, ...parts } = observation.usage;
        const sum = Object.values(parts).reduce((before, count) => before + count, 0);
        // A total stops at what a double holds exactly; its parts together may be more.
        expect(Math.min(sum, Number.MAX_SAFE_INTEGER)).toBeCloseTo(total);
      }),
    );
  });

  it('reads a span as if it were the first with its keys, whatever those before it held', () => {
    const sets = fc.uniqueArray(fc.constantFrom(...new Set(keys)), { maxLength: 12 });
    const spans = sets.chain((set) => fc.array(fc.tuple(...set.map((key) => fc.tuple(fc.constant(key), values)))));
    fc.assert(
      fc.property(spans, (several) => {
        for (const attributes of several) {
          const { body, ...rest } = normalise(spanWith({}, { attributes: new Map(attributes) }));
          const isNew = `only.this.${freshKeys++}`;
          const first = normalise(spanWith({}, { attributes: new Map<string, Json>([...attributes, [isNew, 1]]) }));
          expect({ ...rest, body: { ...body, metadata: { ...body.metadata, [isNew]: 1 } } }).toEqual(first);
        }
      }),
    );
  });

  it.each<[string, Readonly<Record<string, Json>>]>([
    ['ms of the AI SDK', { 'ai.response.msToFirstChunk': 1e300 }],
    ['9e15 ms', { 'ai.stream.msToFirstChunk': 9e15 }],
    ['seconds of GenAI', { 'gen_ai.response.time_to_first_chunk': '1e300' }],
    ['an instant before 1970', { 'langfuse.observation.completion_start_time': '"1899-12-31T00:00:00Z"' }],
    [
      'an instant beyond the nanoseconds of 64 bits',
      { 'langfuse.observation.completion_start_time': '+200000-01-01T00:00:00Z' },
    ],
  ])('keeps a time to first token that cannot be one (%s) as metadata', (_what, attributes) => {
    const { firstTokenMs, body } = normalise(spanWith(attributes));
    expect(firstTokenMs).toBeNull();
    expect(body.metadata).toEqual(attributes);
  });

  it.each<[string, Readonly<Record<string, Json>>]>([
    ['a sum that overflows', { 'langfuse.observation.usage_details': '{"a":1e308,"b":1e308,"input":1e308}' }],
    ['costs that overflow', { 'langfuse.observation.cost_details': '{"a":1e308,"b":1e308}' }],
    ['negative ones', { 'langfuse.observation.cost_details': '{"a":-1e308,"b":-1e308}' }],
    [
      'the ends of int64',
      { 'llm.token_count.prompt': '9223372036854775807', 'llm.cost.total': '-9223372036854775808' },
    ],
    ['words for no number', { 'llm.token_count.prompt': 'NaN', 'llm.token_count.total': 'Infinity' }],
    ['ten thousand names', { 'langfuse.observation.usage_details': manyNames(5_000) }],
  ])('makes of token counts and costs only what a double holds exactly: %s', (_what, attributes) => {
    const { usage, cost } = normalise(spanWith(attributes));
    for (const number of [...Object.values(usage), ...Object.values(cost)]) {
      expect(Math.abs(number)).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
    }
  });

  it('makes moments from 0 to 2554 of whatever nanoseconds a span or an event names', () => {
    const ends = [0n, -1n, 2n ** 64n - 1n, 2n ** 80n];
    for (const time of ends) {
      const events = [{ name: 'e', timeUnixNano: time, attributes: new Map() }];
      const { startMs, endMs, body } = normalise(spanWith({}, { startUnixNano: time, endUnixNano: time, events }));
      for (const ms of [startMs, endMs ?? -1, body.events[0]?.timeMs ?? -1]) {
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(18_446_744_073_709.551);
      }
    }
  });

  it('reads the start of a list of tags that has no end', () => {
    const tags = Array.from({ length: 100_000 }, (_, i) => `t${i}`);
    for (const list of [tags, tags.join(','), JSON.stringify(tags)]) {
      expect(normalise(spanWith({ 'langfuse.trace.tags': list })).trace.tags).toEqual(tags.slice(0, 1_000));
    }
  });

  it('puts together a list of thousands of messages', () => {
    const messages = Array.from({ length: 3_000 }, (_, index) => [
      [`llm.input_messages.${index}.message.role`, 'user'],
      [`llm.input_messages.${index}.message.content`, `message ${index}`],
    ]).flat();
    const { input } = normalise(spanWith(Object.fromEntries(messages))).body;
    expect(JSON.parse(input ?? '')).toHaveLength(3_000);
  });
});
