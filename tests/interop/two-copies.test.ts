import { createRequire } from 'node:module';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { TRACE_UPDATE_ORDER, type TraceUpdateOrder } from '@powerrag/protocol';
import * as esm from '@powerrag/tracing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** The built CommonJS file, beside the built ES module that is imported above. */
const cjs: typeof esm = createRequire(import.meta.url)('@powerrag/tracing');

const exporter = new InMemorySpanExporter();
const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});

beforeEach(() => {
  exporter.reset();
  warn.mockClear();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  esm.setTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
});

afterEach(() => {
  esm.setTracerProvider(null);
  context.disable();
});

describe('the package loaded as an ES module and as CommonJS in one process', () => {
  it('is loaded twice', () => {
    expect(cjs.startObservation).not.toBe(esm.startObservation);
    expect(Object.keys(cjs).sort()).toEqual(Object.keys(esm).sort());
  });

  it('has one provider and one tree of observations', () => {
    expect(cjs.getTracerProvider()).toBe(esm.getTracerProvider());
    esm.startActiveObservation('outer', () => cjs.observe(() => esm.getActiveSpanId(), { name: 'inner' })());
    const [inner, outer] = exporter.getFinishedSpans();
    expect([inner?.name, outer?.name]).toEqual(['inner', 'outer']);
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
  });

  it('has one set of options', () => {
    cjs.configureTracing({ genAiAttributes: true, maxValueLength: 3, scopeName: 'langfuse-sdk' });
    try {
      esm.startObservation('options', { input: 'abcdef' }, { asType: 'tool' }).end();
    } finally {
      cjs.configureTracing({ genAiAttributes: false, maxValueLength: 1_048_576, scopeName: 'powerrag' });
    }
    const [span] = exporter.getFinishedSpans();
    expect(span?.instrumentationScope.name).toBe('langfuse-sdk');
    expect(span?.attributes).toEqual({
      'langfuse.observation.type': 'tool',
      'langfuse.observation.input': 'abc[truncated: 3 of 6 characters]',
      'gen_ai.operation.name': 'execute_tool',
    });
  });

  it('gives a warning once', () => {
    esm.updateActiveTrace({ sessionId: 's' });
    cjs.updateActiveTrace({ sessionId: 's' });
    expect(warn).toHaveBeenCalledOnce();
  });

  it('has one order of trace updates', () => {
    const observations = [esm, cjs, esm, cjs].map((copy) => copy.startObservation('ordered'));
    for (const observation of observations) observation.updateTrace({ sessionId: 's' });
    const orders = observations.map(({ otelSpan }) => {
      const order: TraceUpdateOrder = Reflect.get(otelSpan, TRACE_UPDATE_ORDER);
      return order['session.id'] ?? 0;
    });
    expect(orders).toEqual([...new Set(orders)].sort((a, b) => a - b));
  });
});
