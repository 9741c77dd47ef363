import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { DEFAULT_PORT, type ObservationDetails, type ReplayDocument } from '@powerrag/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getJson } from '../support/http.js';
import { requireFreePort } from '../support/port.js';
import { type ServerProcess, startServer } from '../support/server-process.js';

let server: ServerProcess;

beforeAll(async () => {
  for (const name of Object.keys(process.env)) if (name.startsWith('OTEL_')) delete process.env[name];
  await requireFreePort(DEFAULT_PORT);
  server = await startServer({ port: DEFAULT_PORT });
});

afterAll(() => server?.stop());

/** What the exporters' own types call `gzip`; the enum is not exported by their packages. */
type Options = ConstructorParameters<typeof JsonExporter>[0];
const gzip = { compression: 'gzip' } as NonNullable<Options>;

const exporters: readonly { sends: string; make: () => SpanExporter }[] = [
  { sends: 'protobuf', make: () => new ProtobufExporter() },
  { sends: 'JSON', make: () => new JsonExporter() },
  { sends: 'gzipped protobuf', make: () => new ProtobufExporter(gzip) },
  { sends: 'gzipped JSON', make: () => new JsonExporter(gzip) },
];

describe.each(exporters)('the OpenTelemetry exporter that sends $sends, told no endpoint', ({ sends, make }) => {
  const sessionId = `otel ${sends}`;

  it('delivers a trace with every attribute, event and status', async () => {
    const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(make())] });
    const tracer = provider.getTracer('chat-instrumentation', '1.2.3');
    const span = tracer.startSpan('POST /chat', {
      kind: SpanKind.SERVER,
      attributes: {
        'session.id': sessionId,
        'app.text': 'naïve – 日本語 😀',
        'app.count': 42,
        'app.large': 2 ** 53 - 1,
        'app.ratio': -0.25,
        'app.cached': false,
        'app.documents': ['a', 'b'],
        'app.scores': [0.5, 1.5],
      },
    });
    span.addEvent('cache.miss', { key: 'user:1' });
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'model is overloaded' });
    span.end();
    await provider.shutdown();

    const { traceId, spanId } = span.spanContext();
    const url = `${server.url}/api/v1/traces/${traceId}/observations/${spanId}`;
    const stored = await getJson<ObservationDetails>(url);
    expect(stored).toMatchObject({
      id: spanId,
      traceId,
      sessionId,
      name: 'POST /chat',
      scope: 'chat-instrumentation',
      level: 'ERROR',
      statusMessage: 'model is overloaded',
      metadata: {
        'app.text': 'naïve – 日本語 😀',
        'app.count': 42,
        'app.large': 2 ** 53 - 1,
        'app.ratio': -0.25,
        'app.cached': false,
        'app.documents': ['a', 'b'],
        'app.scores': [0.5, 1.5],
      },
      events: [{ name: 'cache.miss', attributes: { key: 'user:1' } }],
    });
    // OpenTelemetry's placeholder for an application that named no service.
    expect(stored.service).toBeNull();
    expect(stored.startMs).toBeLessThanOrEqual(stored.endMs ?? 0);
  });

  it('delivers more spans than one batch holds, each once', async () => {
    const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(make())] });
    const tracer = provider.getTracer('chat-instrumentation');
    const ids = Array.from({ length: 1_300 }, (_, index) => {
      const span = tracer.startSpan(`step ${index}`, { attributes: { 'session.id': `${sessionId}, many` } });
      span.end();
      return span.spanContext().spanId;
    });
    await provider.shutdown();

    const url = `${server.url}/api/v1/sessions/${encodeURIComponent(`${sessionId}, many`)}/replay`;
    const replay = await getJson<ReplayDocument>(url);
    expect(replay.observations.map((one) => one.id).toSorted()).toEqual(ids.toSorted());
  });
});
