// Our span processor in a provider of OpenTelemetry's SDK 1, as applications on @vercel/otel 1 have it.
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks-v1';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base-v1';
import { llmSpansOnly, PowerRAGSpanProcessor } from '@powerrag/exporter';
import { observe, updateActiveTrace } from '@powerrag/tracing';

const processor = new PowerRAGSpanProcessor({ shouldExportSpan: llmSpansOnly });
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

const search = observe(async () => 'found', { name: 'search', asType: 'tool' });
const answer = observe(
  async (question) => {
    updateActiveTrace({ sessionId: 'of SDK 1' });
    trace.getTracer('other').startSpan('not about a model').end();
    return `${question}: ${await search()}`;
  },
  { name: 'answer' },
);
await answer('Where?');
const caller = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1, isRemote: true };
await context.with(trace.setSpanContext(ROOT_CONTEXT, caller), () => answer('And?'));
await processor.forceFlush();
process.stdout.write(JSON.stringify(processor.stats().dropped.encode_failed));
process.exit(0);
