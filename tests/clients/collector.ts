import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { decodeJson } from '../../packages/server/src/otlp/decode-json.js';
import { decodeProtobuf } from '../../packages/server/src/otlp/decode-protobuf.js';
import { DEFAULT_LIMITS } from '../../packages/server/src/otlp/limits.js';
import type { OtlpSpan } from '../../packages/server/src/otlp/otlp.js';

/** An OTLP endpoint that keeps the spans that are sent to it. */
export interface Collector {
  /** Without a path: a client adds `/v1/traces`. */
  readonly url: string;
  /** In order of start. */
  spans(): OtlpSpan[];
  close(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
  const spans: OtlpSpan[] = [];
  const server = createServer(async (request, response) => {
    const wire = await buffer(request);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(wire) : wire;
    const type = request.headers['content-type'] ?? '';
    if (request.url?.endsWith('/traces')) {
      const decode = type.includes('json') ? decodeJson : decodeProtobuf;
      spans.push(...decode(body, DEFAULT_LIMITS).spans);
    }
    response.writeHead(200, { 'content-type': type }).end(type.includes('json') ? '{}' : '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () => [...spans].sort((a, b) => (a.startUnixNano < b.startUnixNano ? -1 : 1)),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
