import { createRequire } from 'node:module';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { request } from 'undici';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PowerRAGSpanProcessor } from '../processor.js';

/** Instrumentations patch what is required from then on, so the server below is required after them. */
const instrumentations = [new HttpInstrumentation(), new UndiciInstrumentation()];

beforeEach(() => {
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});

afterEach(() => {
  for (const instrumentation of instrumentations) instrumentation.disable();
  trace.disable();
  context.disable();
  propagation.disable();
});

it('sending spans to an instrumented server in the same process creates no more spans (E44)', async () => {
  const ended: string[] = [];
  const http: typeof import('node:http') = createRequire(import.meta.url)('node:http');
  const bodies: Buffer[] = [];
  const server = http.createServer((incoming, response) => {
    incoming.on('data', (chunk) => bodies.push(chunk));
    incoming.on('end', () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const baseUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;

  const processor = new PowerRAGSpanProcessor({ baseUrl, exitHooks: false, flushIntervalMs: 20 });
  const provider = new BasicTracerProvider({
    spanProcessors: [
      processor,
      {
        onStart: () => {},
        onEnd: ({ name }) => void ended.push(name),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  });
  for (const instrumentation of instrumentations) instrumentation.setTracerProvider(provider);

  // The instrumentations work: a request of the application's own makes a span on both sides.
  await (await request(`${baseUrl}/own`)).body.dump();
  await expect.poll(() => ended.length).toBe(2);
  // Sent from within an active span, as it is where a batch is full in the middle of a request.
  await context.with(trace.setSpan(context.active(), provider.getTracer('app').startSpan('active')), async () => {
    for (let span = 0; span < 600; span++) provider.getTracer('app').startSpan('app').end();
    await processor.forceFlush();
  });
  // Time for what a loop would send.
  await new Promise((resolve) => setTimeout(resolve, 200));
  await processor.forceFlush();
  expect(ended.filter((name) => name !== 'app')).toHaveLength(2);
  expect(processor.stats()).toMatchObject({ ended: 602, delivered: 602 });
  await processor.shutdown();
  server.close();
});
