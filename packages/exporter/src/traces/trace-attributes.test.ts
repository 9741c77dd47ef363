import { type Context, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { PROPAGATED_ATTRIBUTES, TRACE_UPDATE_ORDER, type TraceUpdateOrder } from '@powerrag/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PowerRAGSpanProcessor } from '../processor.js';
import { startCollector } from '../testing/collector.js';
import type { DecodedSpan } from '../testing/otlp.js';
import { type Pipeline, startPipeline } from '../testing/pipeline.js';

/** The session id of each span, by span name. */
function sessions(spans: readonly DecodedSpan[]): Record<string, unknown> {
  return Object.fromEntries(spans.map((span) => [span.name, span.attributes['session.id']]));
}

/** As the tracing package does for a trace update. */
function updateTrace(span: Span, attributes: Record<string, string | string[]>, order: number): void {
  span.setAttributes(attributes);
  const before: TraceUpdateOrder | undefined = Reflect.get(span, TRACE_UPDATE_ORDER);
  Object.assign(span, { [TRACE_UPDATE_ORDER]: { ...before, ...orderOf(attributes, order) } });
}

function orderOf(attributes: object, order: number): TraceUpdateOrder {
  return Object.fromEntries(Object.keys(attributes).map((key) => [key, order]));
}

async function run(program: (pipeline: Pipeline) => void | Promise<void>): Promise<DecodedSpan[]> {
  const collector = await startCollector();
  const pipeline = startPipeline({ baseUrl: collector.baseUrl, flushIntervalMs: 60_000 });
  await program(pipeline);
  await pipeline.processor.forceFlush();
  return collector.spans();
}

describe('a session id reaches every span of its trace when it is set', () => {
  it('on the root before its children start', async () => {
    const spans = await run(({ start }) => {
      const root = start('root');
      root.setAttribute('session.id', 's');
      start('child', root).end();
      root.end();
    });
    expect(sessions(spans)).toEqual({ root: 's', child: 's' });
  });

  it('on the root after its children have ended', async () => {
    const spans = await run(({ start }) => {
      const root = start('root');
      const child = start('child', root);
      start('grandchild', child).end();
      child.end();
      root.setAttribute('session.id', 's');
      root.end();
    });
    expect(sessions(spans)).toEqual({ root: 's', child: 's', grandchild: 's' });
  });

  it('on a grandchild, including siblings and ancestors', async () => {
    const spans = await run(({ start }) => {
      const root = start('root');
      const early = start('early', root);
      early.end();
      const child = start('child', root);
      const grandchild = start('grandchild', child);
      grandchild.setAttribute('session.id', 's');
      grandchild.end();
      child.end();
      start('late', root).end();
      root.end();
    });
    expect(sessions(spans)).toEqual({ root: 's', early: 's', child: 's', grandchild: 's', late: 's' });
  });

  it('on a root that is still open when the batch is built', async () => {
    const collector = await startCollector();
    const { start, processor } = startPipeline({ baseUrl: collector.baseUrl });
    const root = start('root');
    start('child', root).end();
    root.setAttribute('session.id', 's');
    await processor.forceFlush();
    expect(sessions(collector.spans())).toEqual({ child: 's' });
    root.end();
  });

  it('on an open child after the root has ended', async () => {
    const spans = await run(({ start }) => {
      const root = start('root');
      const child = start('child', root);
      root.end();
      child.setAttribute('session.id', 's');
      child.end();
    });
    expect(sessions(spans)).toEqual({ root: 's', child: 's' });
  });

  it('on a trace whose other spans have all been sent before this one starts', async () => {
    const collector = await startCollector();
    const { start, processor } = startPipeline({ baseUrl: collector.baseUrl });
    const root = start('root');
    root.setAttribute('session.id', 's');
    root.end();
    await processor.forceFlush();
    start('late', root).end();
    await processor.forceFlush();
    expect(sessions(collector.spans())).toEqual({ root: 's', late: 's' });
  });

  it('by a trace update under its GenAI name', async () => {
    const spans = await run(({ start }) => {
      const root = start('root');
      start('early', root).end();
      const child = start('child', root);
      updateTrace(child, { 'session.id': 's', 'gen_ai.conversation.id': 's' }, 1);
      const thread = start('another thread', root);
      thread.setAttribute('gen_ai.conversation.id', 'own');
      for (const span of [child, thread, root]) span.end();
    });
    const ids = Object.fromEntries(spans.map(({ name, attributes }) => [name, attributes['gen_ai.conversation.id']]));
    expect(ids).toEqual({ root: 's', early: 's', child: 's', 'another thread': 'own' });
  });

  it('together with user, name, tags and metadata', async () => {
    const spans = await run(({ start }) => {
      const root = start('root');
      start('child', root).end();
      updateTrace(
        root,
        {
          'user.id': 'u',
          'langfuse.trace.name': 'n',
          'langfuse.trace.tags': ['a', 'b'],
          'langfuse.trace.metadata.plan': 'pro',
          'langfuse.version': '2',
          'langfuse.trace.input': 'only here',
        },
        1,
      );
      root.end();
    });
    expect(spans.find(({ name }) => name === 'child')?.attributes).toEqual({
      'user.id': 'u',
      'langfuse.trace.name': 'n',
      'langfuse.trace.tags': ['a', 'b'],
      'langfuse.trace.metadata.plan': 'pro',
      'langfuse.version': '2',
    });
  });
});

describe('two session ids in one trace', () => {
  it('each span keeps the id set on it, and the others get the later id', async () => {
    const spans = await run(({ start }) => {
      const root = start('root');
      const first = start('first', root);
      const second = start('second', root);
      start('other', root).end();
      updateTrace(second, { 'session.id': 'later' }, 2);
      updateTrace(first, { 'session.id': 'earlier' }, 1);
      first.end();
      second.end();
      root.end();
    });
    expect(sessions(spans)).toEqual({ root: 'later', first: 'earlier', second: 'later', other: 'later' });
  });

  it('the later id wins even when an earlier span is updated again with another key', async () => {
    const spans = await run(({ start }) => {
      const root = start('root');
      const first = start('first', root);
      const second = start('second', root);
      updateTrace(first, { 'session.id': 'earlier' }, 1);
      updateTrace(second, { 'session.id': 'later' }, 2);
      updateTrace(first, { 'user.id': 'u' }, 3);
      second.end();
      first.end();
      root.end();
    });
    expect(sessions(spans)).toEqual({ root: 'later', first: 'earlier', second: 'later' });
    for (const span of spans) expect(span.attributes['user.id']).toBe('u');
  });

  it('setting an id again makes it the later one', async () => {
    const spans = await run(({ start }) => {
      const root = start('root');
      const first = start('first', root);
      const second = start('second', root);
      updateTrace(first, { 'session.id': 'a' }, 1);
      updateTrace(second, { 'session.id': 'b' }, 2);
      start('between', root).end();
      updateTrace(first, { 'session.id': 'a' }, 3);
      for (const span of [first, second, root]) span.end();
    });
    expect(sessions(spans)).toEqual({ root: 'a', first: 'a', second: 'b', between: 'a' });
  });

  it('an id that a span got from its trace stays when the application sets it on that span too', async () => {
    const spans = await run(({ start }) => {
      const root = start('root');
      updateTrace(root, { 'session.id': 'a' }, 1);
      const child = start('child', root);
      updateTrace(child, { 'session.id': 'a' }, 2);
      start('between', root).end();
      updateTrace(root, { 'session.id': 'b' }, 3);
      child.end();
      root.end();
    });
    expect(sessions(spans)).toEqual({ root: 'b', child: 'a', between: 'b' });
  });

  it('an id that a span got from its trace changes with the trace', async () => {
    const spans = await run(({ start }) => {
      const root = start('root');
      updateTrace(root, { 'session.id': 'old' }, 1);
      const given = start('given', root);
      expect(Reflect.get(given, 'attributes')).toEqual({ 'session.id': 'old' });
      given.end();
      updateTrace(root, { 'session.id': 'new' }, 2);
      root.end();
    });
    expect(sessions(spans)).toEqual({ root: 'new', given: 'new' });
    for (const { keys } of spans) expect(keys.filter((key) => key === 'session.id')).toHaveLength(1);
  });

  it('two processors do not mistake each other’s copies for values set by the application', async () => {
    const collectors = [await startCollector(), await startCollector()];
    const processors = collectors.map(({ baseUrl }) => new PowerRAGSpanProcessor({ baseUrl, exitHooks: false }));
    onTestFinished(async () => {
      await Promise.all(processors.map((processor) => processor.shutdown()));
    });
    const own = new BasicTracerProvider({ spanProcessors: processors }).getTracer('test');
    const root = own.startSpan('root', { attributes: { 'session.id': 'one' } }, ROOT_CONTEXT);
    const context = trace.setSpan(ROOT_CONTEXT, root);
    own.startSpan('child', {}, context).end();
    const byHand = own.startSpan('by hand', {}, context);
    byHand.setAttribute('session.id', 'hand');
    byHand.end();
    root.setAttribute('session.id', 'two');
    own.startSpan('late', {}, context).end();
    root.end();
    await Promise.all(processors.map((processor) => processor.forceFlush()));
    for (const collector of collectors) {
      expect(sessions(collector.spans())).toEqual({ root: 'two', child: 'two', late: 'two', 'by hand': 'hand' });
    }
  });

  it('without a trace update, the id that is read later wins', async () => {
    const spans = await run(({ start }) => {
      const root = start('root');
      start('other', root).end();
      start('first', root, { 'session.id': 'first' }).end();
      start('second', root, { 'session.id': 'second' }).end();
      root.end();
    });
    expect(sessions(spans)).toEqual({ root: 'second', other: 'second', first: 'first', second: 'second' });
  });
});

describe('a scope of the tracing package', () => {
  it('gives its attributes to each span that starts in it, including those of other instrumentation', async () => {
    const spans = await run(({ start, tracer }) => {
      const root = start('root');
      const scope = (sessionId: string, order: number): Context => {
        const attributes = { 'session.id': sessionId };
        return trace
          .setSpan(ROOT_CONTEXT, root)
          .setValue(PROPAGATED_ATTRIBUTES, { order: orderOf(attributes, order), attributes });
      };
      tracer.startSpan('later', {}, scope('later', 2)).end();
      tracer.startSpan('earlier', {}, scope('earlier', 1)).end();
      tracer.startSpan('own', { attributes: { 'session.id': 'own' } }, scope('later', 2)).end();
      root.end();
    });
    expect(sessions(spans)).toMatchObject({ later: 'later', earlier: 'earlier', own: 'own' });
  });
});

describe('what does not belong to the trace', () => {
  it('the version of one observation stays on that observation', async () => {
    const spans = await run(({ start }) => {
      const root = start('root');
      start('generation', root, { 'langfuse.version': 'prompt-7' }).end();
      root.end();
    });
    expect(spans.find(({ name }) => name === 'root')?.attributes).not.toHaveProperty(['langfuse.version']);
  });

  it('the session id of another conversation, with 1,000 at once', async () => {
    const spans = await run(async ({ start }) => {
      await Promise.all(
        Array.from({ length: 1_000 }, async (_, index) => {
          const root = start(`root ${index}`);
          const child = start(`child ${index}`, root);
          await new Promise((resolve) => setTimeout(resolve, index % 17));
          start(`grandchild ${index}`, child).end();
          if (index % 2 === 0) child.end();
          (index % 3 === 0 ? root : child).setAttribute('session.id', `session ${index}`);
          if (index % 3 !== 0 && index % 2 === 0) root.setAttribute('session.id', `session ${index}`);
          await new Promise((resolve) => setTimeout(resolve, index % 7));
          if (index % 2 !== 0) child.end();
          root.end();
        }),
      );
    });
    expect(spans).toHaveLength(3_000);
    for (const { name, attributes } of spans) {
      expect(attributes['session.id']).toBe(`session ${name.split(' ')[1]}`);
    }
  });
});
