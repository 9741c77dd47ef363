import { trace } from '@opentelemetry/api';
import { observe, startObservation, updateActiveTrace } from '@powerrag/tracing';

const answer = observe(
  async (/** @type {string} */ question) => {
    startObservation('search', { input: question }, { asType: 'retriever' }).end();
    updateActiveTrace({ sessionId: 'sdk-3', userId: 'ada' });
    return 'Because.';
  },
  { name: 'answer', asType: 'generation' },
);

/**
 * A request whose session is set last and deep inside, between spans of another library.
 * Its attributes are of the kinds that OpenTelemetry's API has from 1.10 on.
 */
export async function converse() {
  const http = trace.getTracer('http');
  return http.startActiveSpan('POST /chat', async (span) => {
    span.setAttribute('app.request', {
      headers: { authorization: 'Bearer abcdefghijklmnop1234', accept: 'text/plain' },
      sizes: [1, 'two', null, [true]],
    });
    http.startSpan('middleware').end();
    const result = await answer('Why?');
    span.end();
    return result;
  });
}
