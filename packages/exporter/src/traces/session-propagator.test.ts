import { createServer } from 'node:http';
import { context, defaultTextMapGetter, defaultTextMapSetter, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { CompositePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Collector, portOf, startCollector } from '../testing/collector.js';
import { type Pipeline, startPipeline } from '../testing/pipeline.js';

interface Service extends Pipeline {
  readonly propagator: CompositePropagator;
}

function startService(collector: Collector): Service {
  const pipeline = startPipeline({ baseUrl: collector.baseUrl });
  const propagators = [new W3CTraceContextPropagator(), pipeline.processor.sessionPropagator()];
  return { ...pipeline, propagator: new CompositePropagator({ propagators }) };
}

describe('a session id in the next service', () => {
  it('is on its spans, over a real request, also when it was set on a sibling just before', async () => {
    const collector = await startCollector();
    const upstream = startService(collector);
    const downstream = startService(collector);
    const server = createServer((request, response) => {
      const incoming = downstream.propagator.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter);
      const span = downstream.tracer.startSpan('handle', {}, incoming);
      downstream.tracer.startSpan('inside', {}, trace.setSpan(incoming, span)).end();
      span.end();
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
    });
    const root = upstream.start('root');
    const call = upstream.start('call', root);
    const sibling = upstream.start('sibling', root);
    sibling.setAttribute('session.id', 'Grüße, 1=2;3');
    sibling.setAttribute('langfuse.trace.tags', ['a', 'b']);
    const headers: Record<string, string> = {};
    upstream.propagator.inject(trace.setSpan(context.active(), call), headers, defaultTextMapSetter);
    await fetch(`http://127.0.0.1:${portOf(server.address())}`, { headers });
    for (const span of [sibling, call, root]) span.end();
    await Promise.all([upstream.processor.forceFlush(), downstream.processor.forceFlush()]);
    const spans = collector.spans();
    expect(spans.map(({ name }) => name).sort()).toEqual(['call', 'handle', 'inside', 'root', 'sibling']);
    for (const { attributes } of spans) {
      expect(attributes).toMatchObject({ 'session.id': 'Grüße, 1=2;3', 'langfuse.trace.tags': ['a', 'b'] });
    }
  });

  it('is understood from, and by, a Langfuse SDK', async () => {
    const collector = await startCollector();
    const { propagator, tracer, processor } = startService(collector);
    const incoming = propagator.extract(
      ROOT_CONTEXT,
      {
        traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
        baggage: 'langfuse_session_id=s,langfuse_user_id=u,langfuse_metadata_plan=pro,other=x',
      },
      defaultTextMapGetter,
    );
    const span = tracer.startSpan('span', {}, incoming);
    const headers: Record<string, string> = {};
    propagator.inject(trace.setSpan(incoming, span), headers, defaultTextMapSetter);
    expect(headers.baggage?.split(',').sort()).toEqual([
      'langfuse_metadata_plan=pro',
      'langfuse_session_id=s',
      `langfuse_trace_id=${'1'.repeat(32)}`,
      'langfuse_user_id=u',
      'other=x',
    ]);
    span.end();
    await processor.forceFlush();
    expect(collector.spans()[0]?.attributes).toMatchObject({
      'session.id': 's',
      'user.id': 'u',
      'langfuse.trace.metadata.plan': 'pro',
    });
  });

  it('gives way to one that the service sets itself', async () => {
    const collector = await startCollector();
    const { propagator, tracer, processor } = startService(collector);
    const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
    const incoming = propagator.extract(
      ROOT_CONTEXT,
      { traceparent, baggage: 'langfuse_session_id=theirs' },
      defaultTextMapGetter,
    );
    const span = tracer.startSpan('span', {}, incoming);
    tracer.startSpan('child', {}, trace.setSpan(incoming, span)).end();
    span.setAttribute('session.id', 'ours');
    span.end();
    await processor.forceFlush();
    expect(collector.spans().map(({ attributes }) => attributes['session.id'])).toEqual(['ours', 'ours']);
  });

  it('is not written where no trace is live', () => {
    const { processor } = startPipeline({ baseUrl: 'http://127.0.0.1:1' });
    const headers = {};
    processor.sessionPropagator().inject(ROOT_CONTEXT, headers, defaultTextMapSetter);
    expect(headers).toEqual({});
  });
});
