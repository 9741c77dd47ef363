import { TraceFlags } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/sdk-trace-base';
import { beforeEach, describe, expect, it } from 'vitest';
import { LiveTraces } from './live-traces.js';

const TRACE_ID = '1'.repeat(32);
const OPEN = 2_000;

const reads = { count: 0 };
let lastId = 0;

beforeEach(() => {
  reads.count = 0;
});

/** A span that counts how often somebody looks at its attributes or its ids. */
function countingSpan(parent?: Span, isRemote = false): Span {
  const attributes: Record<string, unknown> = {};
  lastId += 1;
  const parentContext = parent?.spanContext();
  const context = { traceId: TRACE_ID, spanId: lastId.toString(16).padStart(16, '0'), traceFlags: TraceFlags.SAMPLED };
  const span: Partial<Span> = {
    get attributes() {
      reads.count += 1;
      return attributes as Span['attributes'];
    },
    ...(parentContext ? { parentSpanContext: { ...parentContext, isRemote } } : {}),
    spanContext() {
      reads.count += 1;
      return context;
    },
    setAttribute(key, value) {
      attributes[key] = value;
      return span as Span;
    },
  };
  return span as Span;
}

/** How often spans are looked at when one more starts. */
function readsToStart(traces: LiveTraces, parent: Span): number {
  const before = reads.count;
  traces.started(countingSpan(parent));
  return reads.count - before;
}

describe('the start of a span reads no more spans than the start of one of the first', () => {
  it('below a root with many open children', () => {
    const traces = new LiveTraces();
    const root = countingSpan();
    traces.started(root);
    for (let child = 0; child < 100; child++) traces.started(countingSpan(root));
    const early = readsToStart(traces, root);
    for (let child = 0; child < OPEN; child++) traces.started(countingSpan(root));
    expect(readsToStart(traces, root)).toBe(early);
  });

  it('at the end of a long chain', () => {
    const traces = new LiveTraces();
    let last = countingSpan();
    const counts: number[] = [];
    traces.started(last);
    for (let depth = 0; depth < OPEN; depth++) {
      const before = reads.count;
      const next = countingSpan(last);
      traces.started(next);
      counts.push(reads.count - before);
      last = next;
    }
    expect(counts.at(-1)).toBe(counts[100]);
  });

  it('when the root and the parent have ended already', () => {
    const traces = new LiveTraces();
    const root = countingSpan();
    traces.started(root);
    for (let child = 0; child < 100; child++) traces.started(countingSpan(root));
    traces.ended(root);
    const early = readsToStart(traces, root);
    for (let child = 0; child < OPEN; child++) traces.started(countingSpan(root));
    expect(readsToStart(traces, root)).toBe(early);
  });
});

it('a span that starts among many gets what was set on its parent a moment ago', () => {
  const traces = new LiveTraces();
  const root = countingSpan();
  traces.started(root);
  const children = Array.from({ length: 100 }, () => countingSpan(root));
  for (const child of children) traces.started(child);
  children[50]?.setAttribute('session.id', 's');
  const grandchild = countingSpan(children[50]);
  traces.started(grandchild);
  expect(grandchild.attributes['session.id']).toBe('s');
});

it('a span that starts among many gets what was set on the oldest open local root, when an older one has ended', () => {
  const traces = new LiveTraces();
  const caller = countingSpan();
  const roots = [countingSpan(caller, true), countingSpan(caller, true)] as const;
  for (const root of roots) {
    traces.started(root);
    for (let child = 0; child < 50; child++) traces.started(countingSpan(root));
  }
  traces.ended(roots[0]);
  roots[1].setAttribute('session.id', 's');
  const late = countingSpan(caller);
  traces.started(late);
  expect(late.attributes['session.id']).toBe('s');
});

describe('open spans that nobody ends', () => {
  const INPUT = 'x'.repeat(50_000);

  it('are held up to a number of bytes, latest first, and each released one is reported', () => {
    let unwatched = 0;
    const onUnwatched = (): void => {
      unwatched += 1;
    };
    const traces = new LiveTraces({ maxOpenBytes: 1_000_000, onUnwatched });
    for (let index = 0; index < 1_000; index++) {
      const span = countingSpan();
      traces.started(span);
      span.setAttribute('input', INPUT);
    }
    const { openBytes, openSpans } = traces.sizes;
    expect(openBytes).toBeLessThanOrEqual(1_000_000);
    expect(openSpans).toBeGreaterThan(5);
    expect(openSpans + unwatched).toBe(1_000);
  });

  it('are found out also where they grow long after their start', () => {
    const traces = new LiveTraces({ maxOpenBytes: 1_000_000 });
    const spans = Array.from({ length: 100 }, () => countingSpan());
    for (const span of spans) traces.started(span);
    for (const span of spans) span.setAttribute('output', INPUT);
    for (let index = 0; index < 100; index++) traces.started(countingSpan());
    expect(traces.sizes.openBytes).toBeLessThanOrEqual(1_000_000);
    expect(traces.sizes.openSpans).toBeLessThan(200);
  });

  it('leave the session id of their trace behind, and are still taken when they end after all', () => {
    const traces = new LiveTraces({ maxOpenBytes: 1_000 });
    const [first, second, third] = [countingSpan(), countingSpan(), countingSpan()];
    traces.started(first);
    first.setAttribute('session.id', 's');
    first.setAttribute('input', INPUT);
    traces.started(second);
    traces.started(third);
    expect(traces.sizes.openSpans).toBe(2);
    expect(third.attributes['session.id']).toBe('s');
    expect(traces.ended(first).trace.get('session.id')).toBe('s');
  });

  it('count as nothing once they have ended', () => {
    const traces = new LiveTraces();
    const spans = Array.from({ length: 10 }, () => countingSpan());
    for (const span of spans) {
      traces.started(span);
      span.setAttribute('input', INPUT);
    }
    for (const span of spans) traces.left(traces.ended(span).trace);
    expect(traces.sizes).toEqual({ traces: 0, openSpans: 0, openBytes: 0, remembered: 0 });
  });
});
