import '@powerrag/exporter/register';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { score, startActiveObservation } from '@powerrag/tracing';
import { type Feedback, sendFeedback } from '@powerrag/tracing/feedback';

async function takeFeedback(request: IncomingMessage, response: ServerResponse) {
  const { id, name = 'helpful', value, comment, traceId, observationId } = (await json(request)) as Feedback;
  score({ id, name, value, comment, traceId, observationId });
  response.writeHead(204).end();
}

const application = createServer(takeFeedback).listen(0, '127.0.0.1');
await once(application, 'listening');
const { port } = application.address() as AddressInfo;

const traceId = await startActiveObservation('answer', async (answer) => {
  answer.update({ input: 'What is the capital of France?', output: 'Paris.' });
  return answer.traceId;
});

// In a page, the address is only its path.
const route = `http://127.0.0.1:${port}/api/feedback`;

const isTaken = await sendFeedback(route, { value: true, traceId, comment: 'That helped.' });

console.log(isTaken);
application.close();
