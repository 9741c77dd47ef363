import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { register } from '@powerrag/exporter';
import { observe, updateActiveTrace } from '@powerrag/tracing';

const tracing = register({ serviceName: 'librarian' });

const lookUp = observe(async (topic: string) => [`a passage on ${topic}`], { name: 'look-up', asType: 'retriever' });

const answer = observe(
  async (conversation: string, question: string) => {
    updateActiveTrace({ sessionId: conversation });
    const [passage] = await lookUp(question);
    return `There is ${passage}.\n`;
  },
  { name: 'answer', asType: 'agent' },
);

const server = createServer(async (request, response) => {
  const conversation = request.headers['x-conversation'];
  response.end(await answer(String(conversation), await text(request)));
  // With CPU during requests only, what is not sent now is sent with the next request, or at the end.
  await tracing.forceFlush({ timeoutMs: 2_000 });
});

// Cloud Run gives an instance ten seconds of CPU to end: four for running requests, then five for their spans.
process.once('SIGTERM', async () => {
  server.close();
  server.closeIdleConnections();
  await Promise.race([once(server, 'close'), sleep(4_000)]);
  console.log(await tracing.shutdown({ timeoutMs: 5_000 }));
  process.exit();
});

server.listen(Number(process.env.PORT ?? 8080));
await once(server, 'listening');
console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
