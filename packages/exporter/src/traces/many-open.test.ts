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
