import { Buffer } from 'node:buffer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { CLIENT_REPORT_HEADER } from '@powerrag/protocol';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PowerRAGSpanProcessor } from '../processor.js';
import { startCollector } from '../testing/collector.js';
import { startPipeline } from '../testing/pipeline.js';
import { DropReporter } from './drop-reporter.js';
import { Stats } from './stats.js';

const reportIn = (headers: Record<string, unknown> | undefined): unknown => {
  const header = headers?.[CLIENT_REPORT_HEADER];
  return typeof header === 'string' ? JSON.parse(header) : undefined;
};

function forEachReason<R extends string>(dropped: Readonly<Record<R, number>>, visit: (reason: R) => void): void {
  for (const reason in dropped) visit(reason);
}

describe('dropped spans are reported to the server', () => {
  it('with each request until one is accepted, and again after the next drop', async () => {
    const statuses = [503, 200, 200, 200];
    const collector = await startCollector((_request, response, count) => {
      response.writeHead(statuses[count - 1] ?? 200).end();
    });
    const { processor, start } = startPipeline({ baseUrl: collector.baseUrl, maxQueueBytes: 1_000 });
    for (let index = 0; index < 50; index++) start('span').end();
    const droppedSpans = processor.stats().dropped.queue_full;
    expect(droppedSpans).toBeGreaterThan(0);
    await processor.forceFlush();
    start('span').end();
    await processor.forceFlush();
    for (let index = 0; index < 50; index++) start('span').end();
    await processor.forceFlush();
    const reports = collector.requests.map(({ headers }) => reportIn(headers));
    const first = {
      id: expect.any(String),
      sdk: { name: '@powerrag/exporter', version: expect.any(String) },
      ended: 50,
    };
    const ofFirst = { ...first, delivered: 0, dropped: { queue_full: droppedSpans } };
    expect(reports[0]).toEqual({ ...ofFirst, service: expect.stringContaining('unknown_service') });
    expect(reports[1]).toEqual(reports[0]);
    expect(reports[2]).toBeUndefined();
    expect(reports[3]).toMatchObject({ ended: 101, dropped: { queue_full: processor.stats().dropped.queue_full } });
    expect(reports[3]).toHaveProperty('id', Reflect.get(Object(reports[0]), 'id'));
  });

  it('with the masked service name, as ASCII', async () => {
    const collector = await startCollector();
    const provider = (service: string, mask?: () => string): { end(): Promise<void> } => {
      const processor = new PowerRAGSpanProcessor({
        baseUrl: collector.baseUrl,
        maxSpanBytes: 300,
        exitHooks: false,
        log: () => {},
        ...(mask ? { mask } : {}),
      });
      onTestFinished(async () => void (await processor.shutdown({ timeoutMs: 1_000 })));
      const tracer = new BasicTracerProvider({
        resource: resourceFromAttributes({ 'service.name': service }),
        spanProcessors: [processor],
      }).getTracer('test');
      tracer
        .startSpan('lost', {
          links: Array.from({ length: 20 }, () => ({ context: tracer.startSpan('x').spanContext() })),
        })
        .end();
      tracer.startSpan('sent').end();
      return { end: () => processor.forceFlush() };
    };
    await provider('Bücher\n"日本"'.padEnd(500, 'é')).end();
    await provider('secret-service', () => '***').end();
    const [named, masked] = collector.requests.map(({ headers }) => reportIn(headers));
    expect(named).toMatchObject({ service: 'Bücher\n"日本"'.padEnd(100, 'é'), dropped: { span_too_large: 1 } });
    expect(masked).toMatchObject({ service: '***' });
  });

  it('no more once accepted, in any order of answers', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant<'drop'>('drop'), count: fc.integer({ min: 1, max: 9 }) }),
        fc.record({ kind: fc.constant<'send'>('send') }),
        fc.record({ kind: fc.constant<'answer'>('answer'), which: fc.nat({ max: 3 }), isAccepted: fc.boolean() }),
      ),
    );
    fc.assert(
      fc.property(steps, (script) => {
        const stats = new Stats();
        const reporter = new DropReporter(stats);
        const inFlight: ReturnType<DropReporter['report']>[] = [];
        let known = 0;
        for (const step of script) {
          if (step.kind === 'drop') stats.drop('queue_full', step.count);
          else if (step.kind === 'send') inFlight.push(reporter.report());
          else {
            const [report] = inFlight.splice(step.which, 1);
            if (!report || !step.isAccepted) continue;
            report.accepted();
            // What a server holds: the largest total that it has seen.
            known = Math.max(known, JSON.parse(report.header).dropped.queue_full);
          }
        }
        // A request carries a report exactly when the server does not know of all drops yet.
        expect(reporter.report() !== undefined).toBe(stats.droppedTotal > known);
      }),
    );
  });

  it('in less than 2 KiB, even with every reason and the longest name', () => {
    const stats = new Stats();
    const reporter = new DropReporter(stats);
    const { dropped } = stats.snapshot({ spans: 0, bytes: 0 });
    forEachReason(dropped, (reason) => stats.drop(reason, 1e12));
    reporter.nameService(resourceFromAttributes({ 'service.name': '日'.repeat(1_000) }));
    const header = reporter.report()?.header ?? '';
    expect(header).toMatch(/^[\x20-\x7e]+$/);
    expect(Buffer.byteLength(header)).toBeLessThan(2_048);
  });
});
