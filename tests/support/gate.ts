import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';

/** An answer that the gate gives in the server's place. */
export interface GateAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

interface GateRequest {
  /** `performance.now()` when the request had arrived whole. */
  readonly atMs: number;
  /** What was answered: the server's status, or the gate's. */
  readonly status: number;
}

export interface Gate {
  readonly url: string;
  /** Every request in the order of answers. */
  readonly requests: readonly GateRequest[];
  close(): Promise<void>;
}

/** An HTTP proxy on 127.0.0.1 that hands a request on, or answers it itself when `decide` returns an answer. */
export async function startGate(targetUrl: string, decide: () => GateAnswer | null): Promise<Gate> {
  const requests: GateRequest[] = [];
  const server = createServer(async (request, response) => {
    const body = await readBody(request);
    const atMs = performance.now();
    const unreachable: GateAnswer = { status: 502, body: 'the server behind the gate cannot be reached' };
    const answer = decide() ?? (await forward(targetUrl, request, body).catch(() => unreachable));
    requests.push({ atMs, status: answer.status });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the gate was given no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function forward(targetUrl: string, request: IncomingMessage, body: Buffer): Promise<GateAnswer> {
  const headers: Record<string, string> = {};
  for (const name of ['content-type', 'content-encoding', 'authorization']) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  const response = await fetch(new URL(request.url ?? '/', targetUrl), { method: 'POST', headers, body });
  return {
    status: response.status,
    headers: { 'content-type': response.headers.get('content-type') ?? 'application/json' },
    body: await response.text(),
  };
}
