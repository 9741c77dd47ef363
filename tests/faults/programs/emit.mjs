import '@powerrag/exporter/register';
import { trace } from '@opentelemetry/api';

/**
 * An application that traces and does not flush at its end: `node emit.mjs <spans> <session id> <stay|end>`.
 * Prints the ids of the spans that it ended as one line of JSON, then ends, or stays until it gets a signal.
 */
const [spans, sessionId, then] = process.argv.slice(2);
const tracer = trace.getTracer('faults');
const ids = Array.from({ length: Number(spans) }, (_, index) => {
  const span = tracer.startSpan(`step ${index}`, { attributes: { 'session.id': sessionId } });
  span.end();
  return span.spanContext().spanId;
});
console.log(JSON.stringify(ids));
if (then === 'stay') setInterval(() => {}, 60_000);
