import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import type { Certificate } from './certificates.js';
import { type DecodedSpan, decodeSpans } from './otlp.js';

interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export type Answer = (request: ReceivedRequest, response: ServerResponse, count: number) => void;

export interface Collector {
  readonly baseUrl: string;
  readonly requests: readonly ReceivedRequest[];
  /** Spans of the requests that were answered with 200. */
  spans(): DecodedSpan[];
  /** Resolves when that many requests have arrived. */
  received(count: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * A real HTTP server on loopback that takes export requests; `answer` decides what it says (default: 200). With a certificate it
 * speaks TLS, as `localhost`. Default port: any free one. It closes with the test.
 */
export async function startCollector(
  answer: Answer = (_request, response) => response.end(),
  certificate?: Certificate,
  port = 0,
): Promise<Collector> {
  const requests: ReceivedRequest[] = [];
  const accepted: ReceivedRequest[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const wire = Buffer.concat(chunks);
      const body = incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(wire) : wire;
      const request = { path: incoming.url ?? '', headers: incoming.headers, body };
      requests.push(request);
      response.on('finish', () => {
        if (response.statusCode === 200) accepted.push(request);
      });
      answer(request, response, requests.length);
      for (const waiter of waiting) if (requests.length >= waiter.count) waiter.resolve();
    });
  };
  const server = certificate ? createTlsServer({ ...certificate }, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  onTestFinished(close);
  return {
    baseUrl: `${certificate ? 'https://localhost' : 'http://127.0.0.1'}:${portOf(server.address())}`,
    requests,
    spans: () => accepted.flatMap(({ body }) => decodeSpans(body)),
    received: (count) =>
      new Promise((resolve) => {
        if (requests.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    close,
  };
}

export function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}
