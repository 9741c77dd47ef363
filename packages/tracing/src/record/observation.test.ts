import { DiagLogLevel, diag, type SpanContext, TraceFlags } from '@opentelemetry/api';
import { AlwaysOnSampler, BasicTracerProvider, ParentBasedSampler } from '@opentelemetry/sdk-trace-base';
import { OBSERVATION_TYPES, SpanAttributeKeys } from '@powerrag/protocol';
import { describe, expect, it, vi } from 'vitest';
import {
  configureTracing,
  createObservationAttributes,
  createTraceId,
  getActiveSpanId,
  getActiveTraceId,
  setTracerProvider,
  startActiveObservation,
  startObservation,
  updateActiveObservation,
} from '../index.js';
import { parentOf, recordSpans, tokensIn } from '../testing/recorded-spans.js';

const spans = recordSpans();
const remote: SpanContext = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: TraceFlags.SAMPLED,
  isRemote: true,
};

describe('starting', () => {
  it.each(OBSERVATION_TYPES)('an observation of type %s records its type', (asType) => {
    const observation = startObservation('typed', {}, { asType });
    expect(observation.type).toBe(asType);
    observation.end();
    expect(spans.named('typed').attributes).toEqual({ [SpanAttributeKeys.observationType]: asType });
  });

  it('an event ends itself, at its start', () => {
    startObservation('clicked', { input: 1 }, { asType: 'event' });
    const { startTime, endTime } = spans.named('clicked');
    expect(endTime).toEqual(startTime);
  });

  it('in an active context makes a child of the active observation', () => {
    startActiveObservation('parent', (parent) => {
      startObservation('child').end();
      expect([getActiveTraceId(), getActiveSpanId()]).toEqual([parent.traceId, parent.id]);
    });
    expect(parentOf(spans.named('child'))).toBe(spans.named('parent').spanContext().spanId);
    expect(getActiveTraceId()).toBeUndefined();
  });

  it('with parentSpanContext makes a child of that, whatever is active', () => {
    startActiveObservation('active', () => {
      startObservation('remote child', {}, { parentSpanContext: remote }).end();
    });
    expect(spans.named('remote child').parentSpanContext).toEqual(remote);
    expect(spans.named('remote child').spanContext().traceId).toBe(remote.traceId);
  });

  it('under a remote parent that is not sampled records nothing, and keeps the trace id', () => {
    const provider = new BasicTracerProvider({ sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }) });
    setTracerProvider(provider);
    const unsampled = startObservation('a', {}, { parentSpanContext: { ...remote, traceFlags: TraceFlags.NONE } });
    const sampled = startObservation('b', {}, { parentSpanContext: remote });
    expect([unsampled, sampled].map(({ otelSpan }) => otelSpan.isRecording())).toEqual([false, true]);
    expect([unsampled.traceId, sampled.traceId]).toEqual([remote.traceId, remote.traceId]);
  });

  it('a child of an ended observation still has the right parent and trace', () => {
    const parent = startObservation('parent');
    parent.end();
    parent.startObservation('late', { model: 'm' }, { asType: 'generation' }).end();
    expect(parentOf(spans.named('late'))).toBe(parent.id);
    expect(spans.named('late').spanContext().traceId).toBe(parent.traceId);
  });

  it('names the scope powerrag, or as configured', () => {
    startObservation('ours').end();
    configureTracing({ scopeName: 'langfuse-sdk' });
    startObservation('theirs').end();
    expect(spans.named('ours').instrumentationScope.name).toBe('powerrag');
    expect(spans.named('theirs').instrumentationScope.name).toBe('langfuse-sdk');
  });
});

describe('ending', () => {
  it('twice counts once and makes no noise', () => {
    const error = vi.spyOn(console, 'error');
    const warn = vi.spyOn(console, 'warn');
    const span = startObservation('once', {}, { startTime: new Date(1_000) });
    span.end(new Date(2_000));
    span.end();
    expect(spans.named('once').duration[0]).toBe(1);
    expect(error).not.toHaveBeenCalled();
    expect(warn).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it('is final: a later update is ignored, with one line at debug level', () => {
    const debug = vi.fn();
    const nothing = () => {};
    diag.setLogger(
      { debug, verbose: nothing, info: nothing, warn: nothing, error: nothing },
      { logLevel: DiagLogLevel.DEBUG, suppressOverrideMessage: true },
    );
    try {
      const span = startObservation('done');
      span.end();
      debug.mockClear();
      span.update({ output: 'late' });
      expect(debug.mock.calls.flat()).toEqual([expect.stringContaining('after end() is ignored')]);
    } finally {
      diag.disable();
    }
    expect(spans.named('done').attributes).not.toHaveProperty(SpanAttributeKeys.observationOutput);
  });

  it.each<[string, Date | number | [number, number], Date | number | [number, number]]>([
    ['a Date', new Date(1_000_000_000_000), new Date(1_000_000_002_500)],
    ['milliseconds', 1_000_000_000_000, 1_000_000_002_500],
    ['seconds and nanoseconds', [1_000_000_000, 0], [1_000_000_002, 500_000_000]],
  ])('takes times as %s', (_name, startTime, endTime) => {
    startObservation('timed', {}, { startTime }).end(endTime);
    const span = spans.named('timed');
    expect([span.startTime, span.endTime]).toEqual([
      [1_000_000_000, 0],
      [1_000_000_002, 500_000_000],
    ]);
  });

  it('before the start is put at the start, and says by how much', () => {
    startObservation('clamped', {}, { startTime: new Date(10_000_000_005_000) }).end(new Date(10_000_000_002_000));
    const span = spans.named('clamped');
    expect(span.endTime).toEqual(span.startTime);
    expect(span.attributes[SpanAttributeKeys.endClampedMs]).toBe(3000);
  });

  it('at a time that is none is now', () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    startObservation('odd', {}, { startTime: new Date(Number.NaN) }).end(new Date('nonsense'));
    const span = spans.named('odd');
    for (const [seconds] of [span.startTime, span.endTime]) expect(seconds).toBeGreaterThan(1_600_000_000);
    vi.restoreAllMocks();
  });

  it('happens when the block of a using declaration is left', async () => {
    {
      using span = startObservation('using');
      span.update({ output: 1 });
      expect(spans.all()).toHaveLength(0);
    }
    {
      await using _span = startObservation('await using');
    }
    expect([spans.named('using').ended, spans.named('await using').ended]).toEqual([true, true]);
  });

  it('is left to the caller with endOnExit: false, also after a throw', () => {
    const kept = startActiveObservation('kept', (span) => span, { endOnExit: false });
    expect(spans.all()).toHaveLength(0);
    kept.end();
    expect(spans.named('kept').ended).toBe(true);
    expect(() =>
      startActiveObservation(
        'thrown',
        () => {
          throw new Error('x');
        },
        { endOnExit: false },
      ),
    ).toThrow('x');
    expect(spans.all()).toHaveLength(1);
  });
});

describe('updating', () => {
  it('the active observation leaves its type as it is, unless one is given', () => {
    startActiveObservation('kept', () => updateActiveObservation({ output: 1 }), { asType: 'tool' });
    startActiveObservation('changed', () => updateActiveObservation({ model: 'm' }, { asType: 'generation' }));
    expect(spans.named('kept').attributes[SpanAttributeKeys.observationType]).toBe('tool');
    expect(spans.named('changed').attributes[SpanAttributeKeys.observationType]).toBe('generation');
  });

  it('records values as they were, whatever becomes of them', () => {
    const messages = [{ role: 'user', content: 'hi' }];
    const span = startObservation('mutated', { input: messages });
    messages.push({ role: 'assistant', content: 'hello' });
    span.end();
    expect(spans.named('mutated').attributes[SpanAttributeKeys.observationInput]).toBe(
      '[{"role":"user","content":"hi"}]',
    );
  });

  it('writes a generation under the keys of the wire', () => {
    const attributes = createObservationAttributes('generation', {
      input: 'q',
      output: { a: 1 },
      metadata: { key: 'text', nested: { n: 1 } },
      level: 'WARNING',
      statusMessage: 'slow',
      version: '2',
      environment: 'dev',
      completionStartTime: new Date(0),
      model: 'gpt-4o',
      modelParameters: { temperature: 0 },
      usageDetails: { input: 1 },
      costDetails: { total: 0.5 },
      prompt: { name: 'greet', version: 3, isFallback: false },
    });
    expect(attributes).toEqual({
      'langfuse.observation.type': 'generation',
      'langfuse.observation.input': 'q',
      'langfuse.observation.output': '{"a":1}',
      'langfuse.observation.metadata.key': 'text',
      'langfuse.observation.metadata.nested': '{"n":1}',
      'langfuse.observation.level': 'WARNING',
      'langfuse.observation.status_message': 'slow',
      'langfuse.version': '2',
      'langfuse.environment': 'dev',
      'langfuse.observation.completion_start_time': '"1970-01-01T00:00:00.000Z"',
      'langfuse.observation.model.name': 'gpt-4o',
      'langfuse.observation.model.parameters': '{"temperature":0}',
      'langfuse.observation.usage_details': '{"input":1}',
      'langfuse.observation.cost_details': '{"total":0.5}',
      'langfuse.observation.prompt.name': 'greet',
      'langfuse.observation.prompt.version': 3,
    });
  });

  it('does not link a fallback prompt', () => {
    const prompt = { name: 'greet', version: 3, isFallback: true };
    expect(createObservationAttributes('generation', { prompt })).toEqual({
      'langfuse.observation.type': 'generation',
    });
  });

  it.each([
    [
      {
        prompt_tokens: 10,
        completion_tokens: 8,
        total_tokens: 18,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 3 },
      },
    ],
    [
      {
        input_tokens: 10,
        output_tokens: 8,
        total_tokens: 18,
        input_tokens_details: { cached_tokens: 4 },
        output_tokens_details: { reasoning_tokens: 3 },
      },
    ],
  ])('records OpenAI’s usage so that it reads as kinds that do not overlap: %o', (usageDetails) => {
    const attributes = createObservationAttributes('generation', { usageDetails });
    expect(tokensIn(attributes)).toEqual({
      input: 6,
      input_cached_tokens: 4,
      output: 5,
      output_reasoning_tokens: 3,
      total: 18,
    });
  });

  it.each([
    [
      'the AI SDK',
      {
        inputTokens: 100,
        inputTokenDetails: { noCacheTokens: 10, cacheReadTokens: 85, cacheWriteTokens: 5 },
        outputTokens: 50,
        outputTokenDetails: { textTokens: 30, reasoningTokens: 20 },
        totalTokens: 150,
        raw: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 },
      },
      150,
    ],
    [
      'Anthropic',
      {
        ...{ input_tokens: 10, cache_creation_input_tokens: 1733, cache_read_input_tokens: 512, output_tokens: 5 },
        cache_creation: { ephemeral_5m_input_tokens: 1733, ephemeral_1h_input_tokens: 0 },
        server_tool_use: { web_search_requests: 3, web_fetch_requests: 0 },
        service_tier: 'standard',
      },
      2260,
    ],
  ])('counts each token of %s once, and nothing that is no token', (_provider, usageDetails, tokens) => {
    const attributes = createObservationAttributes('generation', { usageDetails });
    const { total, ...kinds } = tokensIn(attributes) ?? {};
    expect(Object.values<number>(kinds).reduce((sum, count) => sum + count)).toBe(tokens);
    expect(total ?? tokens).toBe(tokens);
  });

  it('keeps every key of a large metadata object within the attribute limit of a span', () => {
    const metadata = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, i]));
    const span = startObservation('large', { metadata });
    span.update({ output: 'still here' }).end();
    const { attributes } = spans.named('large');
    expect(attributes[SpanAttributeKeys.observationOutput]).toBe('still here');
    expect(JSON.parse(String(attributes[SpanAttributeKeys.observationMetadata]))).toHaveProperty('k299', 299);
  });

  it('survives attributes that throw when they are read', () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const hostile = {
      get input(): string {
        throw new Error('no');
      },
    };
    startObservation('hostile', hostile).end();
    expect(spans.named('hostile').ended).toBe(true);
    vi.restoreAllMocks();
  });
});

describe('createTraceId', () => {
  it('is the first half of the SHA-256 of its seed', async () => {
    expect(await createTraceId('abc')).toBe('ba7816bf8f01cfea414140de5dae2223');
  });

  it('is random without a seed', async () => {
    const [a, b] = [await createTraceId(), await createTraceId()];
    expect(a).toMatch(/^[0-9a-f]{32}$/);
    expect(a).not.toBe(b);
  });
});
