import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { decodeSpans, type ReceivedSpan } from './otlp-spans.js';

/** An OTLP endpoint that accepts every span and remembers it. */
export interface RecordingSink {
  /** Without a trailing slash. */
  readonly url: string;
  /** In order of arrival. */
  readonly spans: readonly ReceivedSpan[];
  close(): Promise<void>;
}

/** @param port on 127.0.0.1. Default: any that is free. */
export async function startRecordingSink(port = 0): Promise<RecordingSink> {
  const spans: ReceivedSpan[] = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    spans.push(...decodeSpans(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body));
    // An empty protobuf message: everything was accepted.
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
