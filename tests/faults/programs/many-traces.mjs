import { context, trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { PowerRAGSpanProcessor } from '@powerrag/exporter';

/**
 * An application with many short traces, of which one in ten is abandoned: `node --expose-gc many-traces.mjs <traces>`.
 * Nothing is sent: the queue, which is small, is soon full. Prints the bytes of the heap that are in use after half of the traces
 * and after all of them, as one line of JSON.
 */
const traces = Number(process.argv[2]);
const processor = new PowerRAGSpanProcessor({ baseUrl: 'http://127.0.0.1:1', maxQueueBytes: 100_000, log() {} });
const tracer = new BasicTracerProvider({ spanProcessors: [processor] }).getTracer('many traces');

async function heapAfter(first, end) {
  for (let index = first; index < end; index++) {
    const root = tracer.startSpan('root');
    tracer.startSpan('child', {}, trace.setSpan(context.active(), root)).end();
    root.setAttribute('session.id', `session ${index}`);
    if (index % 10 !== 0) root.end();
    if (index % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  for (let round = 0; round < 3; round++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage().heapUsed;
}

const half = await heapAfter(0, traces / 2);
const all = await heapAfter(traces / 2, traces);
console.log(JSON.stringify([half, all]));
process.exit(0);
