import { ROOT_CONTEXT } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { PowerRAGSpanProcessor } from '@powerrag/exporter';
import type { ClientReport } from '@powerrag/protocol';
import { expect, it, onTestFinished } from 'vitest';
import { getJson } from '../support/http.js';
import { freePort } from '../support/port.js';
import { startServer } from '../support/server-process.js';

it('an operator sees what an application dropped while the server was down, once it is up again', async () => {
  const port = await freePort();
  const processor = new PowerRAGSpanProcessor({
    baseUrl: `http://127.0.0.1:${port}`,
    maxQueueBytes: 10_000,
    exitHooks: false,
    log: () => {},
  });
  const provider = new BasicTracerProvider({ spanProcessors: [processor] });
  for (let span = 0; span < 1_000; span++) provider.getTracer('app').startSpan('span', {}, ROOT_CONTEXT).end();
  const lost = processor.stats().dropped.queue_full;
  expect(lost).toBeGreaterThan(0);
  await processor.forceFlush({ timeoutMs: 100 });

  const server = await startServer({ port });
  onTestFinished(() => server.stop());
  await processor.forceFlush();
  expect(processor.stats()).toMatchObject({ delivered: 1_000 - lost, pending: 0 });
  const { data } = await getJson<{ data: ClientReport[] }>(`${server.url}/api/v1/client-reports`);
  expect(data).toMatchObject([
    {
      sdk: { name: '@powerrag/exporter' },
      service: expect.stringContaining('unknown_service'),
      ended: 1_000,
      dropped: { queue_full: lost },
    },
  ]);
  await processor.shutdown();
});
