import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { PowerRAGSpanProcessor } from '@powerrag/exporter';
import { converse } from './conversation.mjs';

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const provider = new TracerProvider({ spanProcessors: [new PowerRAGSpanProcessor()] });
trace.setGlobalTracerProvider(provider);

await converse();
await provider.shutdown();
