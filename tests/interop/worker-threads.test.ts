import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { context, type SpanContext } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { setTracerProvider, startActiveObservation } from '@powerrag/tracing';
import { afterAll, expect, it } from 'vitest';

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
setTracerProvider(new BasicTracerProvider());
afterAll(() => {
  setTracerProvider(null);
  context.disable();
});

/** Makes an observation in its own thread, and returns its trace and parent. */
async function observedInWorker(parentSpanContext?: SpanContext): Promise<{ traceId: string; parent?: string }> {
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     const load = require('node:module').createRequire(workerData.file);
     const { BasicTracerProvider } = load('@opentelemetry/sdk-trace-base');
     const { setTracerProvider, startObservation } = load('@powerrag/tracing');
     setTracerProvider(new BasicTracerProvider());
     const { traceId, otelSpan } = startObservation('in worker', {}, { parentSpanContext: workerData.parent });
     parentPort.postMessage({ traceId, parent: otelSpan.parentSpanContext?.spanId });`,
    { eval: true, workerData: { file: import.meta.filename, parent: parentSpanContext } },
  );
  const [message] = await once(worker, 'message');
  await worker.terminate();
  return message;
}

it('an observation in a worker is a root, because context does not cross threads', async () => {
  await startActiveObservation('main', async (main) => {
    const { traceId, parent } = await observedInWorker();
    expect(parent).toBeUndefined();
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(traceId).not.toBe(main.traceId);
  });
});

it('an observation in a worker that is given the span context of its parent is its child', async () => {
  await startActiveObservation('main', async (main) => {
    const { traceId, parent } = await observedInWorker(main.otelSpan.spanContext());
    expect({ traceId, parent }).toEqual({ traceId: main.traceId, parent: main.id });
  });
});
