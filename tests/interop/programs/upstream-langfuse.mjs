/** As `upstream.mjs` with `SET=baggage` and `CLIENT=fetch`, with the Langfuse SDK. */
import { propagateAttributes, startActiveObservation } from '@langfuse/tracing';
import { trace } from '@opentelemetry/api';

const { SESSION: sessionId = '', URL: url = '' } = process.env;
const baggage = await startActiveObservation('turn', () =>
  propagateAttributes({ sessionId, asBaggage: true, tags: ['a', 'b'], metadata: { plan: 'pro' } }, async () =>
    (await fetch(url)).text(),
  ),
);
console.log(JSON.stringify([{ sessionId, baggage }]));
await trace.getTracerProvider().getDelegate().forceFlush();
