import { context, type Tracer, type TracerProvider, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { SpanAttributeKeys } from '@powerrag/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  getTracer,
  getTracerProvider,
  observe,
  setTracerProvider,
  startActiveObservation,
  startObservation,
  updateActiveTrace,
} from '../index.js';
import { forgetSetUp } from '../testing/recorded-spans.js';

const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
beforeEach(() => void warn.mockClear());
afterEach(forgetSetUp);

function recordingProvider(sampler?: AlwaysOffSampler) {
  const exporter = new InMemorySpanExporter();
  const spanProcessors = [new SimpleSpanProcessor(exporter)];
  return { exporter, provider: new BasicTracerProvider({ spanProcessors, ...(sampler && { sampler }) }) };
}

/** A value that counts how often it is serialised. */
function counted() {
  const value = { reads: 0, toJSON: () => ++value.reads };
  return value;
}

describe('without a provider', () => {
  it('everything runs, returns its result, logs nothing and serialises nothing', async () => {
    const input = counted();
    const span = startObservation('none', { input });
    span.update({ output: input }).updateTrace({ sessionId: 's', metadata: { input } });
    span.startObservation('child', { input }).end();
    span.end();
    updateActiveTrace({ sessionId: 's' });
    expect(startActiveObservation('active', (active) => active.update({ output: input }).id)).toBe('0000000000000000');
    expect(await observe(async (value: object) => value)(input)).toBe(input);
    const generator = observe(function* () {
      yield 1;
    })();
    expect([...generator]).toEqual([1]);
    expect(input.reads).toBe(0);
    expect(warn).not.toHaveBeenCalled();
  });

  it('an error reaches the application unchanged', () => {
    const error = new Error('mine');
    const failing = observe(() => {
      throw error;
    });
    expect(failing).toThrow(error);
  });
});

describe('without sampling', () => {
  it('user code runs, nothing is serialised, and children follow the decision', () => {
    const { provider, exporter } = recordingProvider(new AlwaysOffSampler());
    trace.setGlobalTracerProvider(provider);
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const input = counted();
    const traceIds: string[] = [];
    const outer = observe((value: object) => {
      traceIds.push(startObservation('inner', { input: value }).traceId);
      traceIds.push(trace.getActiveSpan()?.spanContext().traceId ?? '');
      return value;
    });
    expect(outer(input)).toBe(input);
    expect(input.reads).toBe(0);
    expect(traceIds[0]).toBe(traceIds[1]);
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});

describe('with a provider but no context manager', () => {
  it('one warning tells you how to fix it', () => {
    trace.setGlobalTracerProvider(recordingProvider().provider);
    startActiveObservation('a', () => startActiveObservation('b', () => {}));
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls[0]?.[0]).toContain('setGlobalContextManager');
  });
});

describe('with a provider registered by an older copy of @opentelemetry/api', () => {
  it('one warning tells you how to fix it', () => {
    const key = Symbol.for('opentelemetry.js.api.1');
    const global = globalThis as { [key]?: unknown };
    const before = global[key];
    global[key] = { version: '1.0.0', trace: {} };
    try {
      startObservation('a').end();
      startObservation('b').end();
    } finally {
      global[key] = before;
    }
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls[0]?.[0]).toContain('npm ls @opentelemetry/api');
  });
});

describe('an isolated provider', () => {
  it('gets our spans and no others, until null returns them to the global one', () => {
    const ours = recordingProvider();
    const vendor = recordingProvider();
    trace.setGlobalTracerProvider(vendor.provider);
    setTracerProvider(ours.provider);
    startObservation('isolated').end();
    trace.getTracer('vendor').startSpan('foreign').end();
    expect(getTracerProvider()).toBe(ours.provider);
    setTracerProvider(null);
    startObservation('global').end();
    expect(ours.exporter.getFinishedSpans().map((span) => span.name)).toEqual(['isolated']);
    expect(vendor.exporter.getFinishedSpans().map((span) => span.name)).toEqual(['foreign', 'global']);
  });

  it('is shared by two copies of the package in one process', async () => {
    const ours = recordingProvider();
    setTracerProvider(ours.provider);
    vi.resetModules();
    const copy = await import('../index.js');
    expect(copy.startObservation).not.toBe(startObservation);
    expect(copy.getTracerProvider()).toBe(ours.provider);
    copy.startObservation('other copy').updateTrace({ sessionId: 's' }).end();
    expect(ours.exporter.getFinishedSpans()[0]?.attributes[SpanAttributeKeys.sessionId]).toBe('s');
    setTracerProvider(null);
    expect(copy.getTracerProvider()).not.toBe(ours.provider);
  });

  it('is asked for its tracer once', () => {
    const { provider } = recordingProvider();
    const getTracerOf = vi.fn((name: string): Tracer => provider.getTracer(name));
    const counting: TracerProvider = { getTracer: getTracerOf };
    setTracerProvider(counting);
    expect(getTracer()).toBe(getTracer());
    expect(getTracerOf).toHaveBeenCalledOnce();
  });
});

describe('a sampler or span processor that throws as a span starts', () => {
  const fail = () => {
    throw new Error('theirs');
  };
  const spanProcessor = { onStart: fail, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} };

  it.each([
    ['sampler', { sampler: { shouldSample: fail, toString: () => 'failing' } }],
    ['processor', { spanProcessors: [spanProcessor] }],
  ])('(%s) does not reach the application, which is told once', (_which, config) => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    setTracerProvider(new BasicTracerProvider(config));
    const span = startObservation('a', { input: 1 });
    span.update({ output: 2 }).updateTrace({ sessionId: 's' }).startObservation('child').end();
    span.end();
    expect(observe((n: number) => n + 1)(1)).toBe(2);
    expect(startActiveObservation('b', () => 3)).toBe(3);
    expect(warn.mock.calls).toEqual([['PowerRAG: an observation could not be started [threw: theirs].']]);
  });

  it('leaves children under the parent', () => {
    const working = recordingProvider();
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    setTracerProvider(working.provider);
    startActiveObservation('parent', (parent) => {
      setTracerProvider(new BasicTracerProvider({ spanProcessors: [spanProcessor] }));
      startActiveObservation('broken', () => {
        setTracerProvider(working.provider);
        startObservation('child').end();
      });
      expect(working.exporter.getFinishedSpans()[0]?.parentSpanContext?.spanId).toBe(parent.id);
    });
  });
});

it('a span processor that throws does not reach the application', () => {
  const provider = new BasicTracerProvider({
    spanProcessors: [
      {
        onStart() {},
        onEnd() {
          throw new Error('processor');
        },
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  });
  setTracerProvider(provider);
  expect(observe(() => 1)()).toBe(1);
});
