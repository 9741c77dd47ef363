import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, propagation } from '@opentelemetry/api';
import '@powerrag/exporter/register';
import { observe, updateActiveTrace } from '@powerrag/tracing';

// The service that is called. In production it is a process of its own.
const countCopies = observe(async (book: string) => (book === '/momo' ? 3 : 0), { name: 'count-copies' });

const stock = createServer(async (request, response) => {
  const parent = propagation.extract(context.active(), request.headers);
  const answer = await context.with(parent, () => countCopies(request.url ?? '/'));
  response.end(String(answer));
});
stock.listen(0, '127.0.0.1');
await once(stock, 'listening');
const stockUrl = `http://127.0.0.1:${(stock.address() as AddressInfo).port}`;

// The service that calls, and knows the session.
const order = observe(
  async () => {
    const headers: Record<string, string> = {};
    propagation.inject(context.active(), headers);
    const response = await fetch(`${stockUrl}/momo`, { headers });
    updateActiveTrace({ sessionId: 'order-9' });
    return `${await response.text()} copies`;
  },
  { name: 'order', asType: 'agent' },
);

console.log(await order());
stock.close();
