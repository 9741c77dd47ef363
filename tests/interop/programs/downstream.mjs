/**
 * A service that is called: answers with the baggage that it was sent, after some work of its own. `?then=URL` makes it call
 * that URL in turn, and `?session=ID` makes it name the session itself first; the answer is then that of the URL.
 */
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';

const tracer = trace.getTracer('downstream');

const server = createServer(async (request, response) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const sessionId = searchParams.get('session');
  if (sessionId) trace.getActiveSpan()?.setAttribute('session.id', sessionId);
  const answer = await tracer.startActiveSpan('look-up', async (span) => {
    await sleep(Number(searchParams.get('ms')));
    const next = searchParams.get('then');
    const body = next ? await (await fetch(next)).text() : (request.headers.baggage ?? '');
    span.end();
    return body;
  });
  response.end(answer);
});
server.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`);
});
