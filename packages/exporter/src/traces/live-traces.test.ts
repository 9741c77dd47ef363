import { ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { BasicTracerProvider, type Span as SdkSpan } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { type EndedSpan, LiveTraces } from './live-traces.js';

describe('the registry of live traces', () => {
  const provider = new BasicTracerProvider();
  const tracer = provider.getTracer('test');
  function startSpan(traces: LiveTraces, index: number): SdkSpan {
    const parent = {
      traceId: (index + 1).toString(16).padStart(32, '0'),
      spanId: '1'.padStart(16, '0'),
      traceFlags: TraceFlags.SAMPLED,
    };
    const span = tracer.startSpan('span', {}, trace.setSpanContext(ROOT_CONTEXT, parent)) as SdkSpan;
    traces.started(span);
    return span;
  }

  it('is empty when every span has left, except for the attributes of the last traces', () => {
    const traces = new LiveTraces({ maxRemembered: 10 });
    for (let index = 0; index < 100_000; index++) {
      const span = startSpan(traces, index);
      span.setAttribute('session.id', `s${index}`);
      const ended: EndedSpan = traces.ended(span);
      traces.left(ended.trace);
    }
    expect(traces.sizes).toEqual({ traces: 0, openSpans: 0, openBytes: 0, remembered: 10 });
  });

  it('is bounded when no span ever ends', () => {
    const traces = new LiveTraces({ maxOpenSpans: 100, maxRemembered: 10 });
    for (let index = 0; index < 100_000; index++) startSpan(traces, index);
    expect(traces.sizes.openSpans).toBe(100);
    expect(traces.sizes.traces).toBe(100);
  });

  it('is bounded for an endless trace that keeps adding metadata keys', () => {
    const traces = new LiveTraces();
    const root = startSpan(traces, 7);
    for (let index = 0; index < 1_000; index++) {
      const span = startSpan(traces, 7);
      span.setAttribute(`langfuse.trace.metadata.${index}`, 'x');
      traces.ended(span);
    }
    root.setAttribute('langfuse.trace.metadata.0', 'changed');
    const { trace } = traces.ended(root);
    expect(trace.attributes.size).toBe(80);
    expect(Object.keys(startSpan(traces, 7).attributes)).toHaveLength(80);
    expect(trace.get('langfuse.trace.metadata.0')).toBe('changed');
  });

  it('keeps the session id of a span that is no longer watched', () => {
    const traces = new LiveTraces({ maxOpenSpans: 1 });
    const first = startSpan(traces, 7);
    first.setAttribute('session.id', 's');
    const second = startSpan(traces, 7);
    startSpan(traces, 8);
    expect(traces.ended(second).trace.get('session.id')).toBe('s');
  });

  it('stays within its bounds over a million traces, a tenth of which never end', () => {
    const traces = new LiveTraces({ maxOpenSpans: 1_000, maxRemembered: 100 });
    const most = { traces: 0, openSpans: 0, remembered: 0 };
    for (let index = 0; index < 1_000_000; index++) {
      const span = fakeSpan(index);
      traces.started(span);
      if (index % 3 === 0) span.setAttribute('session.id', `s${index}`);
      if (index % 10 !== 0) traces.left(traces.ended(span).trace);
      const { openSpans, remembered, traces: live } = traces.sizes;
      most.traces = Math.max(most.traces, live);
      most.openSpans = Math.max(most.openSpans, openSpans);
      most.remembered = Math.max(most.remembered, remembered);
    }
    expect(most).toEqual({ traces: 1_000, openSpans: 1_000, remembered: 100 });
  }, 60_000);
});

/** The parts of a span that the registry uses, each span in its own trace. */
function fakeSpan(index: number): SdkSpan {
  const context = {
    traceId: index.toString(16).padStart(32, '0'),
    spanId: '1'.padStart(16, '0'),
    traceFlags: TraceFlags.SAMPLED,
  };
  const span: Partial<SdkSpan> = {
    attributes: {},
    spanContext: () => context,
    setAttribute(key, value) {
      Object.assign(this.attributes ?? {}, { [key]: value });
      return span as SdkSpan;
    },
  };
  return span as SdkSpan;
}
