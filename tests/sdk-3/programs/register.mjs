import { AlwaysOnSampler, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { register } from '@powerrag/exporter';
import { converse } from './conversation.mjs';

const seen = new InMemorySpanExporter();
const tracing = register({
  sampler: new AlwaysOnSampler(),
  spanProcessors: [new SimpleSpanProcessor({ exporter: seen })],
});

await converse();
await tracing.forceFlush();
if (seen.getFinishedSpans().length !== 4) throw new Error('the other span processor has not seen every span');
await tracing.shutdown();
