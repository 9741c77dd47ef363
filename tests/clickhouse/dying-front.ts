import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Engine } from './engine.js';
import { listen } from './listen.js';

/**
 * An address of a database behind which the engine is until a certain statement comes: from then on nothing is answered, as when the
 * node that asks had ended just before it.
 */
export async function dyingFront(engine: Engine, database: string, isLast: (statement: string) => boolean) {
  let isEnded = false;
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    // Of an insert the statement is in the address, and the rows in the body.
    const statement = new URL(request.url ?? '/', 'http://engine').searchParams.get('query') ?? body.toString();
    if (isLast(statement)) isEnded = true;
    if (isEnded) return void response.destroy();
    await forward(`${engine.url}${request.url}`, body, response);
  });
  return { url: `${await listen(server)}${new URL(database).pathname}`, isEnded: () => isEnded };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function forward(to: string, body: Buffer<ArrayBuffer>, response: ServerResponse): Promise<void> {
  const answer = await fetch(to, { method: 'POST', body });
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => name.startsWith('x-clickhouse')));
  response.writeHead(answer.status, headers).end(Buffer.from(await answer.arrayBuffer()));
}
