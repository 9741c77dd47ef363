import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { PowerRAGSpanProcessor } from '@powerrag/exporter';

/** Sends one span with the options in `OPTIONS`; then prints its counts and what was logged. */
const lines = [];
const processor = new PowerRAGSpanProcessor({ ...JSON.parse(process.env.OPTIONS), log: (line) => lines.push(line) });
process.on('exit', () => {
  const { delivered, dropped, pending } = processor.stats();
  console.log(JSON.stringify({ delivered, refused: dropped.refused, pending, lines }));
});
const provider = new BasicTracerProvider({ spanProcessors: [processor] });
provider.getTracer('test').startSpan('span').end();
await processor.forceFlush({ timeoutMs: 1_000 });
