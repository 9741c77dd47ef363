import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Engine } from './engine.js';
import { listen, type WhenOver } from './listen.js';

/** What becomes of one request to the engine. */
export type Passage =
  | { readonly kind: 'forwarded'; readonly settings?: Readonly<Record<string, string>> }
  /** With an error of ClickHouse; `isDone` where the engine nevertheless does what was asked. */
  | { readonly kind: 'refused'; readonly code: number; readonly text: string; readonly isDone?: boolean }
  /** The connection ends without an answer; `isDone` where the engine has done what was asked. */
  | { readonly kind: 'cut'; readonly isDone: boolean };

/**
 * Stands between a server and the engine, and decides for each statement what becomes of it.
 *
 * @returns the address of the database behind it.
 */
export async function front(
  engine: Engine,
  database: string,
  passageOf: (statement: string) => Passage,
  whenOver?: WhenOver,
): Promise<string> {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', engine.url);
    const body = await bodyOf(request);
    // Of an insert the statement is in the address, and the rows in the body.
    const passage = passageOf(url.searchParams.get('query') ?? body.toString());
    if (passage.kind === 'forwarded') {
      for (const [name, value] of Object.entries(passage.settings ?? {})) url.searchParams.set(name, value);
      return forward(url, body, response);
    }
    if (passage.isDone === true) await (await fetch(url, { method: 'POST', body })).arrayBuffer();
    if (passage.kind === 'cut') return void response.destroy();
    const { code, text } = passage;
    response.writeHead(500, { 'x-clickhouse-exception-code': String(code) });
    response.end(`Code: ${code}. DB::Exception: ${text}`);
  });
  return `${await listen(server, whenOver)}${new URL(database).pathname}`;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function forward(to: URL, body: Buffer<ArrayBuffer>, response: ServerResponse): Promise<void> {
  const answer = await fetch(to, { method: 'POST', body });
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => name.startsWith('x-clickhouse')));
  response.writeHead(answer.status, headers).end(Buffer.from(await answer.arrayBuffer()));
}
