import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Engine } from './engine.js';
import { listen } from './listen.js';

/**
 * An address of a database behind which the engine is until a certain statement comes: from then on nothing is answered, as when the
 * node that asks had ended just before it.
 */
export async function dyingFront(engine: Engine, database: string, isLast: (statement: string) => boolean) {
  let isEnded = false;
  const server = createServer((request, response) => {
    const statement = new URL(request.url ?? '/', 'http://engine').searchParams.get('query') ?? '';
    if (isLast(statement)) isEnded = true;
    if (isEnded) return void response.destroy();
    void forward(engine.url, request, response);
  });
  return { url: `${await listen(server)}${new URL(database).pathname}`, isEnded: () => isEnded };
}

async function forward(to: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const answer = await fetch(`${to}${request.url}`, { method: 'POST', body: Buffer.concat(chunks) });
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => name.startsWith('x-clickhouse')));
  response.writeHead(answer.status, headers).end(Buffer.from(await answer.arrayBuffer()));
}
