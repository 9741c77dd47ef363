import { once } from 'node:events';
import module from 'node:module';
import type { AddressInfo } from 'node:net';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { register } from '@powerrag/exporter';
import { observe, updateActiveTrace } from '@powerrag/tracing';

// `module` is node:module. For ECMAScript modules; CommonJS needs no hook.
module.register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
register({
  instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()],
  propagateSession: true,
});

// Instrumented modules are loaded afterwards. In production the lines above are a separate file: node --import ./tracing.js app.js
const { createServer } = await import('node:http');

// The service that is called. In production it is a process of its own.
const stock = createServer((request, response) => {
  response.end(`3 copies, asked with baggage ${request.headers.baggage}`);
});
stock.listen(0, '127.0.0.1');
await once(stock, 'listening');
const stockUrl = `http://127.0.0.1:${(stock.address() as AddressInfo).port}`;

const order = observe(
  async () => {
    updateActiveTrace({ sessionId: 'order-9' });
    return (await fetch(`${stockUrl}/momo`)).text();
  },
  { name: 'order', asType: 'agent' },
);

console.log(await order());
stock.close();
