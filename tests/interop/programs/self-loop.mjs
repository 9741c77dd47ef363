/**
 * An instrumented server that the exporter of the same process sends to, on PORT. Prints how many spans have ended, of which the
 * application made one, and the paths that were asked for.
 */
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { register } from '@powerrag/exporter';

const paths = [];
const server = createServer((request, response) => {
  paths.push(request.url);
  request.resume().on('end', () => response.end());
});
await new Promise((resolve) => server.listen(Number(process.env.PORT), '127.0.0.1', resolve));

const { forceFlush, processor } = register();
trace.getTracer('app').startSpan('work').end();
for (let round = 0; round < 3; round += 1) {
  await forceFlush();
  // Gives the server's own span time to end, if there is one.
  await sleep(50);
}
console.log(JSON.stringify({ ended: processor.stats().ended, paths }));
server.close();
server.closeAllConnections();
