import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { portOf } from './collector.js';

export interface TestProxy {
  readonly port: number;
  /** What clients asked of it, first lines and proxy credentials. */
  readonly asked: { readonly line: string; readonly credentials: string | undefined }[];
  /** Every byte that it saw of clients. */
  seen(): string;
}

/** A proxy on loopback, for tunnels and for plain requests, that takes all names for this machine. */
export async function startProxy(credentials?: string): Promise<TestProxy> {
  const asked: TestProxy['asked'] = [];
  const chunks: Buffer[] = [];
  const isRefused = ({ headers, method, url }: IncomingMessage): boolean => {
    asked.push({ line: `${method} ${url}`, credentials: headers['proxy-authorization'] });
    return credentials !== undefined && headers['proxy-authorization'] !== `Basic ${btoa(credentials)}`;
  };
  const server = createServer((request, response) => {
    if (isRefused(request)) {
      response.writeHead(407).end();
      return;
    }
    const { pathname, port } = new URL(request.url ?? '');
    const { headers, method } = request;
    const onwards = httpRequest({ host: '127.0.0.1', port, path: pathname, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onwards);
  });
  server.on('connection', (socket) => socket.on('data', (chunk) => chunks.push(chunk)));
  server.on('connect', (request: IncomingMessage, client) => {
    if (isRefused(request)) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const upstream = connect(Number(new URL(`http://${request.url}`).port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      client.on('data', (chunk: Buffer) => chunks.push(chunk));
      client.pipe(upstream).pipe(client);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { port: portOf(server.address()), asked, seen: () => Buffer.concat(chunks).toString('latin1') };
}
