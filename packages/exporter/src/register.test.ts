import { context, defaultTextMapSetter, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it } from 'vitest';
import { type RegisterOptions, type Registration, register } from './register.js';
import { startCollector } from './testing/collector.js';

const registrations: Registration[] = [];

function registerForTest(options: RegisterOptions): Registration {
  const registration = register({ exitHooks: false, log: () => {}, ...options });
  registrations.push(registration);
  return registration;
}

afterEach(async () => {
  for (const registration of registrations.splice(0)) await registration.shutdown({ timeoutMs: 100 });
  Reflect.deleteProperty(globalThis, Symbol.for('powerrag.registration'));
  trace.disable();
  context.disable();
  propagation.disable();
});

describe('register', () => {
  it('makes spans of the global tracer arrive, as children of what is active, also after an await', async () => {
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

  it('called again gives the first registration', () => {
    const first = registerForTest({ baseUrl: 'http://127.0.0.1:1' });
    expect(register({ baseUrl: 'http://127.0.0.1:2' })).toBe(first);
  });

  it('says so when another tracer provider was there first', () => {
    trace.setGlobalTracerProvider(new BasicTracerProvider());
    const lines: string[] = [];
    registerForTest({ baseUrl: 'http://127.0.0.1:1', log: (line) => lines.push(line) });
    expect(lines.join('\n')).toContain('PowerRAGSpanProcessor');
  });

  it('switches instrumentations on with its provider', () => {
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
