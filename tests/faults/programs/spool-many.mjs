import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { PowerRAGSpanProcessor } from '@powerrag/exporter';

/**
 * An application in a long outage, of which every span is a batch on disk: `node --expose-gc spool-many.mjs <directory> <spans>`.
 * Prints, as one line of JSON, the bytes of the heap that are in use after half of the spans and after all of them, and what
 * the exporter counts in the end.
 */
const [spoolDirectory, spans] = process.argv.slice(2);
const processor = new PowerRAGSpanProcessor({ baseUrl: 'http://127.0.0.1:1', spoolDirectory, flushAt: 1, log() {} });
const tracer = new BasicTracerProvider({ spanProcessors: [processor] }).getTracer('long outage');

async function heapAfter(count) {
  for (let index = 0; index < count; index++) {
    tracer.startSpan('span').end();
    // Its batch is cut then.
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (let round = 0; round < 3; round++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage().heapUsed;
}

const half = await heapAfter(Number(spans) / 2);
const all = await heapAfter(Number(spans) / 2);
console.log(JSON.stringify({ half, all, stats: processor.stats() }));
process.exit(0);
