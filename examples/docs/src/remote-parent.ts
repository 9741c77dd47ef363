import '@powerrag/exporter/register';
import { createTraceId, startObservation } from '@powerrag/tracing';

// The same seed gives the same trace id, here and in every other process.
const traceId = await createTraceId('order-9');

// As received with a message from a queue.
const parentSpanContext = { traceId, spanId: 'b7ad6b7169203331', traceFlags: 1, isRemote: true };

const work = startObservation('ship-order', { input: { order: 9 } }, { parentSpanContext });
work.update({ output: 'on its way' }).end();
console.log(work.traceId === traceId);
