import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { startCollector } from '../testing/collector.js';
import { startPipeline } from '../testing/pipeline.js';

/** A real meter provider, and the points that it collects as `{ name: [attributes, value] }`. */
function startMetrics() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  onTestFinished(() => meterProvider.shutdown());
  async function collect(): Promise<Map<string, [Record<string, unknown>, unknown][]>> {
    exporter.reset();
    await meterProvider.forceFlush();
    const all = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    return new Map(
      all.map(({ descriptor, dataPoints }) => [
        descriptor.name,
        dataPoints.map(({ attributes, value }) => [attributes, value]),
      ]),
    );
  }
  return { meterProvider, collect };
}

const processor = {
  'otel.component.type': 'powerrag_span_processor',
  'otel.component.name': expect.stringMatching(/^powerrag_span_processor\/\d+$/),
};
const exporterOf = (baseUrl: string) => ({
  'otel.component.type': 'otlp_http_span_exporter',
  'otel.component.name': expect.stringMatching(/^otlp_http_span_exporter\/\d+$/),
  'server.address': '127.0.0.1',
  'server.port': Number(new URL(baseUrl).port),
});

afterEach(() => metrics.disable());

describe('with a meter provider', () => {
  it('the counts have OpenTelemetry’s names', async () => {
    const { baseUrl } = await startCollector((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end('{"partialSuccess":{"rejectedSpans":"1","errorMessage":"bad id"}}');
    });
    const { collect, meterProvider } = startMetrics();
    const pipeline = startPipeline({ baseUrl, meterProvider, maxQueueBytes: 1_000 });
    for (let index = 0; index < 100; index++) pipeline.start('span').end();
    const { pending, pendingBytes } = pipeline.processor.stats();
    expect((await collect()).get('otel.sdk.processor.span.queue.size')).toEqual([[processor, pending]]);
    await pipeline.processor.forceFlush();
    const exporter = exporterOf(baseUrl);
    const points = await collect();
    expect(Object.fromEntries(points)).toEqual({
      'otel.sdk.processor.span.queue.size': [[processor, 0]],
      'otel.sdk.processor.span.processed': [
        [processor, pending],
        [{ ...processor, 'error.type': 'queue_full' }, 100 - pending],
      ],
      'otel.sdk.exporter.span.inflight': [[exporter, 0]],
      'otel.sdk.exporter.span.exported': [
        [exporter, pending - 1],
        [{ ...exporter, 'error.type': 'rejected' }, 1],
      ],
      'otel.sdk.exporter.operation.duration': [[exporter, expect.objectContaining({ count: 1 })]],
      'powerrag.exporter.queue.bytes': [[processor, 0]],
      'powerrag.exporter.queue.max_bytes': [[processor, 1_000]],
      'powerrag.exporter.retries': [[exporter, 0]],
    });
    expect(pendingBytes).toBeGreaterThan(0);
  });

  it('spans in flight and waiting spans are counted separately, and a failed request has its cause', async () => {
    let answer = (): void => {};
    const mayAnswer = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const collector = await startCollector((_request, response) => {
      void mayAnswer.then(() => response.writeHead(400).end());
    });
    const { collect, meterProvider } = startMetrics();
    const pipeline = startPipeline({ baseUrl: collector.baseUrl, meterProvider, flushAt: 10 });
    for (let index = 0; index < 12; index++) pipeline.start('span').end();
    await collector.received(1);
    const exporter = exporterOf(collector.baseUrl);
    const during = await collect();
    expect(during.get('otel.sdk.exporter.span.inflight')).toEqual([[exporter, 10]]);
    expect(during.get('otel.sdk.processor.span.queue.size')).toEqual([[processor, 2]]);
    expect(pipeline.processor.stats()).toMatchObject({ pending: 12, inFlight: 10 });
    answer();
    await pipeline.processor.forceFlush();
    const after = await collect();
    expect(after.get('otel.sdk.exporter.span.exported')).toEqual([
      [exporter, 0],
      [{ ...exporter, 'error.type': '400' }, 12],
    ]);
    expect(after.get('otel.sdk.exporter.operation.duration')).toEqual([
      [{ ...exporter, 'error.type': '400' }, expect.objectContaining({ count: 2 })],
    ]);
  });

  it('an IPv6 address of the server has no brackets', async () => {
    const { collect, meterProvider } = startMetrics();
    startPipeline({ baseUrl: 'http://[::1]:1', meterProvider });
    const [[attributes] = []] = (await collect()).get('otel.sdk.exporter.span.exported') ?? [];
    expect(attributes).toMatchObject({ 'server.address': '::1', 'server.port': 1 });
  });

  it('drops at and after shutdown are still counted', async () => {
    const { baseUrl } = await startCollector(() => {});
    const { collect, meterProvider } = startMetrics();
    const pipeline = startPipeline({ baseUrl, meterProvider });
    const late = pipeline.start('late');
    pipeline.start('span').end();
    await pipeline.processor.shutdown({ timeoutMs: 20 });
    late.end();
    expect((await collect()).get('otel.sdk.processor.span.processed')).toEqual([
      [processor, 0],
      [{ ...processor, 'error.type': 'shutdown_deadline' }, 1],
      [{ ...processor, 'error.type': 'already_shutdown' }, 1],
    ]);
  });

  it('a global one that is registered later gets the counts from the start', async () => {
    const collector = await startCollector();
    const pipeline = startPipeline({ baseUrl: collector.baseUrl });
    pipeline.start('before').end();
    await pipeline.processor.forceFlush();
    const { collect, meterProvider } = startMetrics();
    metrics.setGlobalMeterProvider(meterProvider);
    pipeline.start('after').end();
    await pipeline.processor.forceFlush();
    expect((await collect()).get('otel.sdk.exporter.span.exported')).toEqual([[exporterOf(collector.baseUrl), 2]]);
  });

  it('that fails, spans are still sent', async () => {
    const collector = await startCollector();
    const meterProvider = {
      getMeter: () => {
        throw new Error('no meter');
      },
    };
    const pipeline = startPipeline({ baseUrl: collector.baseUrl, meterProvider });
    pipeline.start('span').end();
    await pipeline.processor.forceFlush();
    expect(collector.spans()).toHaveLength(1);
  });
});
