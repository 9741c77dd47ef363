import { tracingChannel } from 'node:diagnostics_channel';
import { context, defaultTextMapSetter, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { BasicTracerProvider, type ReadableSpan, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Instrumentation, type RegisterOptions, type Registration, register } from './register.js';
import { startCollector } from './testing/collector.js';

const registrations: Registration[] = [];

function registerForTest(options: RegisterOptions): Registration {
  const registration = register({ exitHooks: false, log: () => {}, ...options });
  registrations.push(registration);
  return registration;
}

afterEach(async () => {
  for (const registration of registrations.splice(0)) await registration.shutdown({ timeoutMs: 100 });
  vi.unstubAllEnvs();
  Reflect.deleteProperty(globalThis, Symbol.for('powerrag.registration'));
  trace.disable();
  context.disable();
  propagation.disable();
});

describe('register', () => {
  it('sends spans of the global tracer, as children of the active span, even after an await', async () => {
    const collector = await startCollector();
    const { forceFlush } = registerForTest({ baseUrl: collector.baseUrl, serviceName: 'chat' });
    const tracer = trace.getTracer('app');
    await tracer.startActiveSpan('root', async (root) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      tracer.startSpan('child').end();
      trace.getActiveSpan()?.setAttribute('session.id', 's');
      root.end();
    });
    await forceFlush();
    const spans = collector.spans();
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(
      spans.map(({ name, attributes, resource }) => [name, attributes['session.id'], resource['service.name']]),
    ).toEqual([
      ['child', 's', 'chat'],
      ['root', 's', 'chat'],
    ]);
  });

  it('ignores processors, propagators and instrumentations that are false or undefined', () => {
    const nothing = JSON.parse('[null, false]');
    registerForTest({
      baseUrl: 'http://127.0.0.1:1',
      spanProcessors: nothing,
      propagators: nothing,
      instrumentations: nothing,
    });
    expect(trace.getTracer('app').startSpan('span').isRecording()).toBe(true);
  });

  it('records calls of the AI SDK, unless aiSdk is false', async () => {
    const collector = await startCollector();
    const call = async () =>
      tracingChannel('ai:telemetry').tracePromise(async () => 1, { type: 'generateText', event: { callId: '1' } });
    const { shutdown } = registerForTest({ baseUrl: collector.baseUrl });
    await call();
    await shutdown();
    Reflect.deleteProperty(globalThis, Symbol.for('powerrag.registration'));
    const without = registerForTest({ baseUrl: collector.baseUrl, aiSdk: false });
    await call();
    await without.shutdown();
    expect(collector.spans().map(({ name }) => name)).toEqual(['generateText']);
  });

  it('returns the first registration when called again', () => {
    const first = registerForTest({ baseUrl: 'http://127.0.0.1:1' });
    expect(register({ baseUrl: 'http://127.0.0.1:2' })).toBe(first);
  });

  it('logs which options of a second call are ignored, and nothing if there are none', () => {
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    registerForTest({ baseUrl: 'http://127.0.0.1:1', log });
    register();
    register({ baseUrl: 'http://127.0.0.1:1', log });
    expect(lines).toEqual([]);
    register({ baseUrl: 'http://127.0.0.1:1', serviceName: 'chat', mask: () => 'hidden' });
    expect(lines).toEqual([expect.stringContaining('these options are ignored: serviceName, mask.')]);
  });

  it('knows the options of the first call even if another copy of the package made it', async () => {
    const lines: string[] = [];
    const options = { baseUrl: 'http://127.0.0.1:1', log: (line: string) => lines.push(line) };
    registerForTest(options);
    vi.resetModules();
    const copy = await import('./register.js');
    copy.register(options);
    expect(lines).toEqual([]);
    copy.register({ ...options, serviceName: 'chat' });
    expect(lines).toEqual([expect.stringContaining('these options are ignored: serviceName.')]);
  });

  it('accepts null as no options', () => {
    const none: RegisterOptions = JSON.parse('null');
    const first = registerForTest(none);
    expect(register(none)).toBe(first);
  });

  it('logs that another tracer provider was registered first', () => {
    trace.setGlobalTracerProvider(new BasicTracerProvider());
    const lines: string[] = [];
    registerForTest({ baseUrl: 'http://127.0.0.1:1', log: (line) => lines.push(line) });
    expect(lines.join('\n')).toContain('PowerRAGSpanProcessor');
  });

  it('logs that another propagator was registered first, with propagateSession', () => {
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    const lines: string[] = [];
    registerForTest({ baseUrl: 'http://127.0.0.1:1', propagateSession: true, log: (line) => lines.push(line) });
    expect(lines.join('\n')).toContain('sessionPropagator()');
  });

  it('sets resource attributes on every span, which override the environment but not serviceName', async () => {
    vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'service.name=env,a=env,b=env');
    const collector = await startCollector();
    const resourceAttributes = { 'service.name': 'attribute', a: 'attribute' };
    const { forceFlush } = registerForTest({ baseUrl: collector.baseUrl, serviceName: 'option', resourceAttributes });
    trace.getTracer('app').startSpan('span').end();
    await forceFlush();
    expect(collector.spans()[0]?.resource).toMatchObject({ 'service.name': 'option', a: 'attribute', b: 'env' });
  });

  it('continues and logs when an instrumentation cannot be enabled', () => {
    const lines: string[] = [];
    const broken: Instrumentation = {
      setTracerProvider: () => {
        throw new Error('no such hook');
      },
      enable: () => {},
    };
    const textless: Instrumentation = {
      setTracerProvider: () => {
        throw Object.create(null);
      },
      enable: () => {},
    };
    registerForTest({
      baseUrl: 'http://127.0.0.1:1',
      instrumentations: [textless, broken],
      log: (line) => lines.push(line),
    });
    expect(lines.join('\n')).toContain('no such hook');
    expect(trace.getTracer('app').startSpan('span').isRecording()).toBe(true);
  });

  it('uses the sampler, and runs the other span processors first, with the session id on spans', async () => {
    const collector = await startCollector();
    const waiting: ReadableSpan[] = [];
    const flushed: ReadableSpan[] = [];
    const other: SpanProcessor = {
      onStart: () => {},
      onEnd: (span) => void waiting.push(span),
      forceFlush: async () => void flushed.push(...waiting.splice(0)),
      shutdown: async () => {},
    };
    const { forceFlush } = registerForTest({
      baseUrl: collector.baseUrl,
      sampler: { shouldSample: (_context, _traceId, name) => ({ decision: name === 'unwanted' ? 0 : 2 }) },
      spanProcessors: [other],
    });
    const tracer = trace.getTracer('app');
    tracer.startSpan('unwanted').end();
    const root = tracer.startSpan('root', { attributes: { 'session.id': 's' } });
    tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, root)).end();
    root.end();
    await forceFlush();
    expect(collector.spans().map(({ name }) => name)).toEqual(['child', 'root']);
    expect(flushed.map(({ name, attributes }) => [name, attributes['session.id']])).toEqual([
      ['child', 's'],
      ['root', 's'],
    ]);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('no'))],
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['never ends', () => new Promise<void>(() => {})],
  ])('flushes and shuts down when another span processor %s', async (_what, act) => {
    const broken: SpanProcessor = { onStart: () => {}, onEnd: () => {}, forceFlush: act, shutdown: act };
    const { forceFlush, shutdown } = registerForTest({ baseUrl: 'http://127.0.0.1:1', spanProcessors: [broken] });
    await forceFlush({ timeoutMs: 10 });
    expect(await shutdown({ timeoutMs: 10 })).toEqual({ delivered: 0, spooled: 0, dropped: 0, timedOut: false });
  });

  it('enables instrumentations with its tracer provider', () => {
    const calls: unknown[] = [];
    const { tracerProvider } = registerForTest({
      baseUrl: 'http://127.0.0.1:1',
      instrumentations: [
        { setTracerProvider: (provider) => calls.push(provider), enable: () => calls.push('enabled') },
      ],
    });
    expect(calls).toEqual([tracerProvider, 'enabled']);
  });

  it.each([
    [true, 'langfuse_session_id=s'],
    [undefined, undefined],
  ])('with propagateSession %s, a request carries %s', (propagateSession, expected) => {
    registerForTest({ baseUrl: 'http://127.0.0.1:1', ...(propagateSession === undefined ? {} : { propagateSession }) });
    const span = trace.getTracer('app').startSpan('span', { attributes: { 'session.id': 's' } });
    const headers: Record<string, string> = {};
    propagation.inject(trace.setSpan(ROOT_CONTEXT, span), headers, defaultTextMapSetter);
    expect(headers.traceparent).toBeDefined();
    expect(headers.baggage?.split(',')[0]).toBe(expected);
  });
});
