import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { spanIdsOf } from './span-ids.js';

/** A request that the sink has received completely. */
export interface SinkRequest {
  /** 0 for the first. */
  readonly index: number;
  /** `performance.now()` when it had arrived whole. */
  readonly atMs: number;
  /** Uncompressed. */
  readonly body: Buffer;
  readonly spanIds: readonly string[];
}

/** The sink's answer: a status with headers and a body, or a function that writes the response. */
export type SinkAnswer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string | Buffer }
  | ((response: ServerResponse) => void);

/** How a request was answered. */
export interface SinkRecord {
  readonly atMs: number;
  readonly status: number;
  readonly spans: number;
  readonly bytes: number;
}

/** An OTLP endpoint on 127.0.0.1, for protobuf and JSON, that remembers the ids of the spans it has acknowledged. */
export interface Sink {
  /** Without a trailing slash. */
  readonly url: string;
  /** Span ids of the requests that were answered with 200, as often as they came. */
  readonly stored: readonly string[];
  /** When each span was acknowledged for the first time, in Unix milliseconds, by its id. */
  readonly storedAt: ReadonlyMap<string, number>;
  /** Every request in the order of answers. */
  readonly requests: readonly SinkRecord[];
  close(): Promise<void>;
}

/** @param decide what to answer in place of an empty 200; null for that. Called once for each request. */
export async function startSink(decide: (request: SinkRequest) => SinkAnswer | null = () => null): Promise<Sink> {
  const stored: string[] = [];
  const storedAt = new Map<string, number>();
  const requests: SinkRecord[] = [];
  let arrived = 0;

  const server = createServer(async (request, response) => {
    const wire = await buffer(request).catch(() => undefined);
    // The client hung up before its request was whole.
    if (wire === undefined) return;
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(wire) : wire;
    const spanIds = spanIdsOf(body, request.headers['content-type'] ?? '');
    const atMs = performance.now();
    const answer = decide({ index: arrived++, atMs, body, spanIds });
    if (typeof answer === 'function') answer(response);
    else if (answer) response.writeHead(answer.status, answer.headers).end(answer.body);
    else response.writeHead(200, { 'content-type': request.headers['content-type'] ?? '' }).end();
    requests.push({ atMs, status: response.statusCode, spans: spanIds.length, bytes: body.length });
    if (response.statusCode !== 200) return;
    stored.push(...spanIds);
    const now = Date.now();
    for (const id of spanIds) if (!storedAt.has(id)) storedAt.set(id, now);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the sink was given no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    stored,
    storedAt,
    requests,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
