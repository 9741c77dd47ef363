import { createServer } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Transport } from '../base/send-result.js';
import { ByteWriter } from '../encode/writer.js';
import { type Answer, portOf, startCollector } from '../testing/collector.js';
import { gzipBody } from './gzip.js';
import { type HttpTransportOptions, httpTransport } from './http.js';

const signal = new AbortController().signal;
const body = Buffer.from('a request');

function transportTo(url: string, options: Partial<HttpTransportOptions> = {}): Transport {
  const transport = httpTransport({
    url: new URL(url),
    headers: {},
    wallNow: () => Date.parse('2026-11-24T12:00:00Z'),
    ...options,
  });
  onTestFinished(() => transport.close());
  return transport;
}

function partialSuccess(rejected: number, message: string): Buffer {
  const writer = new ByteWriter();
  const mark = writer.open(0x0a, 20);
  writer.tag(0x08);
  writer.varint(rejected);
  writer.string(0x12, message);
  writer.close(mark, 20);
  return writer.toBuffer();
}

function errorStatus(message: string): Buffer {
  const writer = new ByteWriter();
  writer.tag(0x08);
  writer.varint(3);
  writer.string(0x12, message);
  return writer.toBuffer();
}

const answerWith =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(status, headers).end('an error page');
  };

describe('an answer', () => {
  it.each([
    [200, {}, { status: 'accepted', rejectedSpans: 0, message: undefined }],
    [202, {}, { status: 'accepted', rejectedSpans: 0, message: undefined }],
    [204, {}, { status: 'accepted', rejectedSpans: 0, message: undefined }],
    [408, {}, { status: 'refused' }],
    [429, { 'retry-after': '7' }, { status: 'retryable', afterMs: 7_000 }],
    [503, { 'retry-after': 'Tue, 24 Nov 2026 12:01:00 GMT' }, { status: 'retryable', afterMs: 60_000 }],
    [502, {}, { status: 'retryable', afterMs: undefined }],
    [504, {}, { status: 'retryable', afterMs: undefined }],
    [401, {}, { status: 'unauthorized' }],
    [403, {}, { status: 'unauthorized' }],
    [413, {}, { status: 'too_large' }],
    [400, {}, { status: 'refused', message: 'the server answered 400' }],
    [
      404,
      {},
      { status: 'refused', message: expect.stringMatching(/is baseUrl that of a PowerRAG or Langfuse server/) },
    ],
    [
      405,
      {},
      { status: 'refused', message: expect.stringMatching(/is baseUrl that of a PowerRAG or Langfuse server/) },
    ],
    [500, {}, { status: 'refused', message: 'the server answered 500' }],
    [501, {}, { status: 'refused' }],
    [300, {}, { status: 'refused', message: expect.stringMatching(/Set baseUrl to the URL of the server/) }],
  ])('of %i %j is %j', async (status, headers, expected) => {
    const { baseUrl } = await startCollector(answerWith(status, headers));
    expect(await transportTo(baseUrl).send(body, signal)).toMatchObject(expected);
  });

  it.each([301, 302, 303, 307, 308])(
    'of %i is not followed (E36), so no key goes where it was not meant for',
    async (status) => {
      const elsewhere = await startCollector();
      const location = `${elsewhere.baseUrl}/v1/traces?token=abc`;
      const { baseUrl, requests } = await startCollector(answerWith(status, { location }));
      const result = await transportTo(baseUrl, { headers: { authorization: 'Basic key' } }).send(body, signal);
      expect(result).toMatchObject({ status: 'refused', message: expect.stringContaining('Set baseUrl') });
      expect(result).toMatchObject({ message: expect.stringMatching(`it points to ${elsewhere.baseUrl}\\.$`) });
      expect(requests).toHaveLength(1);
      expect(elsewhere.requests).toHaveLength(0);
    },
  );

  it('of 429 with two Retry-After headers is one with the first', async () => {
    const { baseUrl } = await startCollector((_request, response) => {
      response.writeHead(429, ['retry-after', '7', 'retry-after', '9']).end();
    });
    expect(await transportTo(baseUrl).send(body, signal)).toMatchObject({ status: 'retryable', afterMs: 7_000 });
  });

  it.each([
    ['JSON', 'application/json; charset=utf-8', '{"code":3,"message":"trace id is all zero."}'],
    ['protobuf', 'application/x-protobuf', errorStatus('trace id is all zero')],
  ])('with an error in %s says what the server has against the request', async (_name, type, content) => {
    const { baseUrl } = await startCollector((_request, response) => {
      response.writeHead(400, { 'content-type': type }).end(content);
    });
    const result = await transportTo(baseUrl).send(body, signal);
    const message = 'the server answered 400: trace id is all zero';
    expect(result).toEqual({ status: 'refused', message, statusCode: 400 });
  });

  it.each([
    ['protobuf', 'application/x-protobuf', partialSuccess(0, 'use HTTP/2')],
    ['JSON', 'application/json', '{"partialSuccess":{"errorMessage":"use HTTP/2"}}'],
  ])('in %s with a message and no rejected span is a warning', async (_name, type, content) => {
    const { baseUrl } = await startCollector((_request, response) => {
      response.setHeader('content-type', type).end(content);
    });
    const result = await transportTo(baseUrl).send(body, signal);
    expect(result).toEqual({ status: 'accepted', rejectedSpans: 0, message: 'use HTTP/2' });
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('in %s, which was not asked for, is read all the same', async (encoding, compress) => {
    const { baseUrl, requests } = await startCollector((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-protobuf', 'content-encoding': encoding });
      response.end(compress(partialSuccess(3, 'bad ids')));
    });
    expect(await transportTo(baseUrl).send(body, signal)).toMatchObject({ status: 'accepted', rejectedSpans: 3 });
    expect(requests[0]?.headers['accept-encoding']).toBe('identity');
  });

  it.each([
    ['protobuf', 'application/x-protobuf', partialSuccess(3, 'bad ids')],
    ['JSON', 'application/json', '{"partialSuccess":{"rejectedSpans":"3","errorMessage":"bad ids"}}'],
  ])('in %s says how many spans were rejected', async (_name, type, content) => {
    const { baseUrl } = await startCollector((_request, response) => {
      response.setHeader('content-type', type).end(content);
    });
    const result = await transportTo(baseUrl).send(body, signal);
    expect(result).toEqual({ status: 'accepted', rejectedSpans: 3, message: 'bad ids' });
  });

  it.each([
    ['is garbage', Buffer.from([0xff, 0xff, 0xff])],
    ['is endless', Buffer.alloc(10_000_000, 'x')],
    ['is truncated JSON', Buffer.from('{"partialSuccess":{"rejectedSpans":"3"')],
  ])('that %s is a success all the same', async (_name, content) => {
    const { baseUrl } = await startCollector((_request, response) => {
      response
        .setHeader('content-type', content[0] === 0x7b ? 'application/json' : 'application/x-protobuf')
        .end(content);
    });
    expect(await transportTo(baseUrl).send(body, signal)).toMatchObject({ status: 'accepted', rejectedSpans: 0 });
  });
});

describe('a request', () => {
  it('to a port on which nothing listens may be retried', async () => {
    const collector = await startCollector();
    await collector.close();
    expect(await transportTo(collector.baseUrl).send(body, signal)).toMatchObject({ status: 'retryable' });
  });

  it('that no server listens for may be retried, and the message asks whether the URL is right', async () => {
    const result = await transportTo('http://127.0.0.1:1').send(body, signal);
    expect(result).toMatchObject({ status: 'retryable', message: expect.stringContaining('POWERRAG_BASE_URL') });
  });

  it('that is never answered may be retried after its timeout', async () => {
    const { baseUrl } = await startCollector(() => {});
    expect(await transportTo(baseUrl, { timeoutMs: 50 }).send(body, signal)).toMatchObject({ status: 'retryable' });
  });

  it.each([
    ['reset', (socket: Socket) => void socket.resetAndDestroy()],
    ['closed', (socket: Socket) => void socket.end()],
    ['reset within the answer', (socket: Socket) => void socket.write('HTTP/1.1 2', () => socket.resetAndDestroy())],
  ])('on a new connection that is %s is sent once, and may be retried later', async (_name, close) => {
    const counts = { connections: 0, resends: 0 };
    const server = createTcpServer((socket) => {
      counts.connections += 1;
      socket.on('error', () => {});
      socket.once('data', () => close(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const onResend = (): void => {
      counts.resends += 1;
    };
    const transport = transportTo(`http://127.0.0.1:${portOf(server.address())}`, { onResend });
    expect(await transport.send(body, signal)).toMatchObject({ status: 'retryable' });
    expect(counts).toEqual({ connections: 1, resends: 0 });
  });

  it('on a reused connection that is reset is sent once more at once, not more often', async () => {
    const counts = { answers: 0, resends: 0, resets: 0 };
    const used = new WeakSet<Socket>();
    let isGone = false;
    const server = createServer((request, response) => {
      isGone ||= used.has(request.socket);
      used.add(request.socket);
      counts[isGone ? 'resets' : 'answers'] += 1;
      if (isGone) request.socket.resetAndDestroy();
      else request.resume().on('end', () => response.end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const onResend = (): void => {
      counts.resends += 1;
    };
    const transport = transportTo(`http://127.0.0.1:${portOf(server.address())}`, { onResend });
    let result = await transport.send(body, signal);
    while (result.status === 'accepted') result = await transport.send(body, signal);
    expect(result).toMatchObject({
      status: 'retryable',
      message: expect.stringContaining('the connection was closed without an answer'),
    });
    expect(counts).toMatchObject({ resends: 1, resets: 2 });
  });

  it('survives a server that closes each connection just as it is used again', async () => {
    const counts = { closed: 0, resends: 0 };
    const seen = new WeakSet<object>();
    const server = createServer((request, response) => {
      request.resume();
      if (seen.has(request.socket)) {
        counts.closed += 1;
        request.socket.destroy();
        return;
      }
      seen.add(request.socket);
      request.on('end', () => response.end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
    });
    const onResend = (): void => {
      counts.resends += 1;
    };
    const transport = transportTo(`http://127.0.0.1:${portOf(server.address())}`, { onResend });
    for (let request = 0; request < 50; request++) {
      expect(await transport.send(body, signal)).toMatchObject({ status: 'accepted' });
    }
    expect(counts.closed).toBeGreaterThan(0);
    expect(counts.resends).toBe(counts.closed);
  });

  it('has the headers of the application, but those that we need as they are', async () => {
    const { baseUrl, requests } = await startCollector();
    const headers = { 'user-agent': 'mine', 'x-team': 'a', 'accept-encoding': 'gzip', traceparent: 'mine' };
    await transportTo(baseUrl, { headers }).send(body, signal);
    expect(requests[0]?.headers).toMatchObject({ 'user-agent': 'mine', 'x-team': 'a', 'accept-encoding': 'identity' });
    expect(requests[0]?.headers.traceparent).toMatch(/-00$/);
  });

  it('reaches a server by its IPv6 address', async () => {
    const server = createServer((request, response) => request.resume().on('end', () => response.end()));
    await new Promise<void>((resolve) => server.listen(0, '::1', resolve));
    onTestFinished(() => void server.close());
    const result = await transportTo(`http://[::1]:${portOf(server.address())}`).send(body, signal);
    expect(result).toMatchObject({ status: 'accepted' });
  });

  it('is compressed where that is asked for, and arrives as it was', async () => {
    const { baseUrl, requests } = await startCollector();
    const transport = httpTransport({ url: new URL(baseUrl), headers: {}, wallNow: () => 0, encode: gzipBody });
    onTestFinished(() => transport.close());
    const large = Buffer.alloc(100_000, 'text ');
    await transport.send(large, signal);
    await transport.send(body, signal);
    expect(requests.map(({ headers }) => headers['content-encoding'])).toEqual(['gzip', undefined]);
    expect(requests[0]?.body.equals(large)).toBe(true);
  });
});
