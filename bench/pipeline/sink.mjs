import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';

/**
 * An OTLP endpoint that answers immediately or after `delayMs`, and counts received spans and their bytes on the wire:
 * `node sink.mjs <delayMs>` prints its URL. GET /count answers { spans, bytes, requests }.
 */
const delayMs = Number(process.argv[2] ?? 0);
const total = { spans: 0, bytes: 0, requests: 0 };

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.end(JSON.stringify(total));
    return;
  }
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const received = Buffer.concat(chunks);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(received) : received;
    const json = request.headers['content-type']?.includes('json') ?? false;
    total.requests += 1;
    total.bytes += received.length;
    total.spans += json ? countInJson(body) : countInProtobuf(body);
    const answer = () => {
      response.writeHead(200, { 'content-type': request.headers['content-type'] });
      response.end(json ? '{}' : undefined);
    };
    if (delayMs > 0) setTimeout(answer, delayMs);
    else answer();
  });
});

server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));

/** A quote inside a JSON string is escaped, so this is only ever found as a key. */
function countInJson(body) {
  let count = 0;
  for (let at = body.indexOf('"spanId":'); at !== -1; at = body.indexOf('"spanId":', at + 1)) count += 1;
  return count;
}

/** Walks request (field 1: resource spans) → resource spans (field 2: scope spans) → scope spans (field 2: spans). */
function countInProtobuf(body) {
  let count = 0;
  for (const resourceSpans of fields(body, 1)) {
    for (const scopeSpans of fields(resourceSpans, 2)) {
      for (const _span of fields(scopeSpans, 2)) count += 1;
    }
  }
  return count;
}

/** The length-delimited fields with this number; other fields do not matter on these three levels. */
function* fields(message, wanted) {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++];
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    if ((tag & 7) !== 2) throw new Error(`unexpected wire type in tag ${tag}`);
    const length = varint();
    if (tag >>> 3 === wanted) yield message.subarray(at, at + length);
    at += length;
  }
}
