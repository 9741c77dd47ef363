import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { detectResources, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { llmSpansOnly } from './choose/filter.js';
import type { PowerRAGSpanProcessorOptions } from './config/options.js';
import { PowerRAGSpanProcessor } from './processor.js';
import { startCollector } from './testing/collector.js';
import { startPipeline } from './testing/pipeline.js';

describe('a request', () => {
  it('goes to the traces path of the server, with the keys as Basic credentials', async () => {
    const collector = await startCollector();
    const { start, processor } = startPipeline({
      baseUrl: `${collector.baseUrl}/prefix/`,
      publicKey: 'pk',
      secretKey: 'sk',
      additionalHeaders: { 'x-team': 'search' },
    });
    start('span').end();
    await processor.forceFlush();
    const [request] = collector.requests;
    expect(request?.path).toBe('/prefix/api/public/otel/v1/traces');
    expect(request?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('pk:sk').toString('base64')}`,
      'content-type': 'application/x-protobuf',
      'x-team': 'search',
    });
  });

  it('has no Authorization header without keys', async () => {
    const collector = await startCollector();
    const { start, processor } = startPipeline({ baseUrl: collector.baseUrl });
    start('span').end();
    await processor.forceFlush();
    expect(collector.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  it('sends a key unchanged, and the log says if it ends with the line break of a file', async () => {
    const collector = await startCollector();
    const lines: string[] = [];
    const keys = { publicKey: 'pk', secretKey: 'hunter2\n' };
    const { start, processor } = startPipeline({
      baseUrl: collector.baseUrl,
      log: (line) => lines.push(line),
      ...keys,
    });
    start('span').end();
    await processor.forceFlush();
    expect(collector.requests[0]?.headers.authorization).toBe(`Basic ${btoa('pk:hunter2\n')}`);
    expect(lines).toEqual([
      expect.stringMatching(/line break from a file.* secretKey \(POWERRAG_SECRET_KEY\)\. If .* 401/),
    ]);
    expect(lines.join()).not.toContain('hunter2');
  });

  it('that met a reused connection just as it was reset is sent again unnoticed, but counted', async () => {
    let isReset = false;
    const used = new WeakSet<object>();
    const collector = await startCollector((_request, response) => {
      isReset ||= response.socket !== null && used.has(response.socket);
      if (response.socket) used.add(response.socket);
      if (isReset) response.socket?.resetAndDestroy();
      else response.end();
      isReset = false;
    });
    const lines: string[] = [];
    const { start, processor } = startPipeline({ baseUrl: collector.baseUrl, log: (line) => lines.push(line) });
    for (let spans = 0; spans < 10; spans++) {
      start('span').end();
      await processor.forceFlush();
    }
    const { delivered, retries } = processor.stats();
    expect({ delivered, requests: collector.requests.length }).toEqual({ delivered: 10, requests: 10 + retries });
    expect(retries).toBeGreaterThan(0);
    expect(lines).toEqual([]);
  });

  it('puts environment and release on every span that has none', async () => {
    const collector = await startCollector();
    const { start, processor } = startPipeline({ baseUrl: collector.baseUrl, environment: 'staging', release: 'r1' });
    start('plain').end();
    start('own', undefined, { 'langfuse.environment': 'production' }).end();
    await processor.forceFlush();
    expect(collector.spans().map(({ attributes }) => attributes)).toMatchObject([
      { 'langfuse.environment': 'staging', 'langfuse.release': 'r1' },
      { 'langfuse.environment': 'production', 'langfuse.release': 'r1' },
    ]);
  });

  it('waits for the resource detectors', async () => {
    const collector = await startCollector();
    const processor = new PowerRAGSpanProcessor({ baseUrl: collector.baseUrl, exitHooks: false });
    const found = new Promise<string>((resolve) => setTimeout(() => resolve('host-1'), 50));
    const detected = detectResources({ detectors: [{ detect: () => ({ attributes: { 'host.id': found } }) }] });
    const provider = new BasicTracerProvider({
      resource: resourceFromAttributes({}).merge(detected),
      spanProcessors: [processor],
    });
    provider.getTracer('test').startSpan('span').end();
    await processor.forceFlush();
    expect(collector.spans()[0]?.resource).toEqual({ 'host.id': 'host-1' });
  });
});

describe('spans', () => {
  it('that end in one turn of the event loop all arrive, 20,000 of them', async () => {
    const collector = await startCollector();
    const { start, processor } = startPipeline({ baseUrl: collector.baseUrl });
    for (let index = 0; index < 20_000; index++) start('span').end();
    await processor.forceFlush();
    expect(new Set(collector.spans().map(({ spanId }) => spanId)).size).toBe(20_000);
    expect(processor.stats()).toMatchObject({ ended: 20_000, delivered: 20_000, pending: 0, pendingBytes: 0 });
  });

  it('that were not sampled are not sent', async () => {
    const collector = await startCollector();
    const { tracer, processor } = startPipeline({ baseUrl: collector.baseUrl });
    const parent = { traceId: '1'.repeat(32), spanId: '1'.repeat(16), traceFlags: 0 };
    tracer.startSpan('span', {}, trace.setSpanContext(ROOT_CONTEXT, parent)).end();
    await processor.forceFlush();
    expect(processor.stats().ended).toBe(0);
  });

  it('that are too large are sent with their texts cut, marked and counted', async () => {
    const collector = await startCollector();
    const { start, processor } = startPipeline({ baseUrl: collector.baseUrl, maxSpanBytes: 10_000 });
    start('span', undefined, { large: 'é'.repeat(50_000), small: 'kept' }).end();
    await processor.forceFlush();
    const [span] = collector.spans();
    expect(span?.attributes.small).toBe('kept');
    expect(span?.attributes.large).toMatch(/^é+… \[cut from 50000 characters\]$/);
    expect(processor.stats()).toMatchObject({ truncated: 1, delivered: 1 });
  });

  it('that are too large even with their texts cut are dropped, and the others arrive', async () => {
    const collector = await startCollector();
    const { start, processor } = startPipeline({ baseUrl: collector.baseUrl, maxSpanBytes: 1_000 });
    start(
      'large',
      undefined,
      Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`key ${index}`, 'value'])),
    ).end();
    start('small').end();
    await processor.forceFlush();
    expect(collector.spans().map(({ name }) => name)).toEqual(['small']);
    expect(processor.stats().dropped.span_too_large).toBe(1);
  });

  it('that the filter leaves out still pass their session id to the others', async () => {
    const collector = await startCollector();
    const { start, processor } = startPipeline({ baseUrl: collector.baseUrl, shouldExportSpan: llmSpansOnly });
    const http = start('GET /chat');
    start('chat', http, { 'gen_ai.request.model': 'm' }).end();
    http.setAttribute('session.id', 's');
    http.end();
    await processor.forceFlush();
    expect(collector.spans().map(({ name, attributes }) => [name, attributes['session.id']])).toEqual([['chat', 's']]);
  });

  it('that do not fit into the queue are counted and reported to onDrop', async () => {
    const drops: [string, number][] = [];
    const { start, processor } = startPipeline({
      baseUrl: 'http://127.0.0.1:1',
      maxQueueBytes: 10_000,
      onDrop: (reason, count) => drops.push([reason, count]),
    });
    for (let index = 0; index < 100; index++) start('span').end();
    const { ended, pending, pendingBytes, dropped } = processor.stats();
    expect(pendingBytes).toBeLessThanOrEqual(10_000);
    expect(ended).toBe(pending + dropped.queue_full);
    expect(drops).toHaveLength(dropped.queue_full);
    await processor.shutdown({ timeoutMs: 10 });
  });
});

describe('shutdown', () => {
  it('reports what was delivered, and the same when called again', async () => {
    const collector = await startCollector();
    const { start, processor } = startPipeline({ baseUrl: collector.baseUrl });
    start('span').end();
    const report = await processor.shutdown();
    expect(report).toEqual({ delivered: 1, spooled: 0, dropped: 0, timedOut: false });
    expect(await processor.shutdown()).toBe(report);
  });

  it('ends at its deadline when the server never answers, and counts dropped spans', async () => {
    const { baseUrl } = await startCollector(() => {});
    const { start, processor } = startPipeline({ baseUrl });
    for (let index = 0; index < 3; index++) start('span').end();
    expect(await processor.shutdown({ timeoutMs: 100 })).toEqual({
      delivered: 0,
      spooled: 0,
      dropped: 3,
      timedOut: true,
    });
    expect(processor.stats().dropped.shutdown_deadline).toBe(3);
  });

  it('that ends early because the server does not accept the keys has not timed out', async () => {
    const { baseUrl } = await startCollector((_request, response) => response.writeHead(401).end());
    const { start, processor } = startPipeline({ baseUrl });
    start('span').end();
    expect(await processor.shutdown({ timeoutMs: 60_000 })).toEqual({
      delivered: 0,
      spooled: 0,
      dropped: 1,
      timedOut: false,
    });
  });

  it('with an infinite timeout waits as long as necessary', async () => {
    const collector = await startCollector((_request, response) => setTimeout(() => response.end(), 200));
    const { start, processor } = startPipeline({ baseUrl: collector.baseUrl });
    start('span').end();
    expect(await processor.shutdown({ timeoutMs: Number.POSITIVE_INFINITY })).toMatchObject({
      delivered: 1,
      dropped: 0,
    });
  });

  it('counts spans that end afterwards', async () => {
    const collector = await startCollector();
    const { start, processor } = startPipeline({ baseUrl: collector.baseUrl });
    const span = start('span');
    await processor.shutdown();
    span.end();
    await processor.forceFlush();
    expect(processor.stats().dropped.after_shutdown).toBe(1);
  });
});

describe('a setting that cannot be used', () => {
  it.each([
    [
      'a key over plain http to another host',
      { baseUrl: 'http://example.com', publicKey: 'pk', secretKey: 'sk' },
      'https',
    ],
    ['a URL of another kind', { baseUrl: 'ftp://example.com' }, 'baseUrl'],
    ['one key without the other', { publicKey: 'pk' }, 'POWERRAG_SECRET_KEY'],
  ])('%s is logged once, and nothing is sent', async (_name, options, expected) => {
    const lines: string[] = [];
    const { start, processor } = startPipeline({ ...options, log: (line) => lines.push(line) });
    start('span').end();
    await processor.forceFlush();
    expect(lines.filter((line) => line.includes(expected))).toHaveLength(1);
    expect(lines[0]).toContain(expected);
    expect(lines.join()).not.toContain('sk');
    expect(processor.stats().dropped.refused).toBe(1);
  });
});

describe('options and arguments', () => {
  it('may be NaN, as from an unset environment variable: the defaults apply', async () => {
    const collector = await startCollector();
    const none = Number(undefined);
    const { start, processor } = startPipeline({
      baseUrl: collector.baseUrl,
      flushAt: none,
      flushIntervalMs: none,
      maxAgeMs: none,
      maxQueueBytes: none,
      maxSpanBytes: none,
    });
    start('span').end();
    await collector.received(1);
    expect(collector.spans()).toHaveLength(1);
    for (let count = 0; count < 9; count++) start('large', undefined, { text: 'x'.repeat(4_000_000) }).end();
    expect(processor.stats().dropped.queue_full).toBeGreaterThan(0);
  });

  it.each(['baseUrl', 'publicKey', 'additionalHeaders', 'ca', 'flushAt', 'maxQueueBytes', 'spoolDirectory'])(
    'may be a %s of another type: nothing throws',
    async (name) => {
      for (const value of [null, 5, true, {}, [], Symbol('mine'), 10n, () => {}, Object.create(null)]) {
        const { start, processor } = startPipeline({ baseUrl: 'http://127.0.0.1:1', [name]: value });
        start('span').end();
        await processor.shutdown({ timeoutMs: 1 });
        expect(processor.stats().ended).toBe(1);
      }
    },
  );

  it('may be null, from JavaScript code: nothing throws', async () => {
    const none: undefined = JSON.parse('null');
    const processor = new PowerRAGSpanProcessor(none);
    await processor.forceFlush(none);
    expect(await processor.shutdown(none)).toEqual({ delivered: 0, spooled: 0, dropped: 0, timedOut: false });
  });

  it('may be numbers as strings, as in environment variables', async () => {
    const collector = await startCollector();
    const numbers: PowerRAGSpanProcessorOptions = JSON.parse('{ "flushAt": "1", "flushIntervalMs": "60000" }');
    const { start } = startPipeline({ baseUrl: collector.baseUrl, ...numbers });
    start('one').end();
    start('two').end();
    await collector.received(2);
    expect(collector.requests).toHaveLength(2);
  });

  it('may contain an invalid timeout: the default applies', async () => {
    const collector = await startCollector((_request, response) => setTimeout(() => response.end(), 50));
    const { start, processor } = startPipeline({ baseUrl: collector.baseUrl });
    start('one').end();
    await processor.forceFlush({ timeoutMs: Number(undefined) });
    expect(processor.stats().delivered).toBe(1);
    start('two').end();
    expect(await processor.shutdown({ timeoutMs: Number(undefined) })).toMatchObject({ delivered: 2, timedOut: false });
  });

  it('may contain an empty spoolDirectory, which means none', async () => {
    const { start, processor } = startPipeline({ baseUrl: 'http://127.0.0.1:1', spoolDirectory: '' });
    start('span').end();
    expect(await processor.shutdown({ timeoutMs: 1 })).toMatchObject({ spooled: 0, dropped: 1 });
  });

  it('may set flushAt to 0: each request then has one span', async () => {
    const collector = await startCollector();
    const { start, processor } = startPipeline({ baseUrl: collector.baseUrl, flushAt: 0 });
    start('one').end();
    start('two').end();
    await processor.forceFlush({ timeoutMs: 2_000 });
    expect(collector.requests).toHaveLength(2);
  });

  it('may include a resource whose detection fails: spans are sent with the rest of it', async () => {
    const collector = await startCollector();
    const processor = new PowerRAGSpanProcessor({ baseUrl: collector.baseUrl, exitHooks: false });
    const resource = resourceFromAttributes({ 'service.name': 'mine' });
    const failing = new Proxy(resource, {
      get: (target, name) => {
        if (name === 'asyncAttributesPending') return true;
        if (name === 'waitForAsyncAttributes') throw new Error('mine');
        return Reflect.get(target, name, target);
      },
    });
    const provider = new BasicTracerProvider({ resource: failing, spanProcessors: [processor] });
    provider.getTracer('test').startSpan('span').end();
    await processor.forceFlush({ timeoutMs: 2_000 });
    expect(collector.spans()).toHaveLength(1);
  });

  it('may throw when they are read, and the application is not disturbed', async () => {
    const collector = await startCollector();
    const fail = (): never => {
      throw new Error('not our fault');
    };
    const { start, processor } = startPipeline({
      baseUrl: collector.baseUrl,
      mask: fail,
      shouldExportSpan: fail,
      onDrop: fail,
      log: fail,
    });
    start('secret name', undefined, { secret: 'value' }).end();
    await processor.forceFlush();
    const [span] = collector.spans();
    expect(JSON.stringify(span)).not.toMatch(/secret name|"value"/);
  });
});
