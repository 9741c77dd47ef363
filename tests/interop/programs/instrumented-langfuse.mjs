/** For `node --import`: as `instrumented.mjs`, with the Langfuse SDK in the place of PowerRAG. */
import { register as registerHooks } from 'node:module';
import { LangfuseSpanProcessor } from '@langfuse/otel';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';

registerHooks('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
const processor = new LangfuseSpanProcessor({
  // In protobuf, which is what the tests read.
  exporter: new OTLPTraceExporter({ url: `${process.env.LANGFUSE_BASE_URL}/v1/traces` }),
  exportMode: 'immediate',
  shouldExportSpan: () => true,
});
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(
  new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
);
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
registerInstrumentations({ instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()] });
