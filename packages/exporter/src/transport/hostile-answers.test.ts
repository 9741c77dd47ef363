import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { constants, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Answer, startCollector } from '../testing/collector.js';
import { httpTransport } from './http.js';

const signal = new AbortController().signal;
const body = Buffer.from('a request');

/** Sends one request, and waits until the server knows that the connection has gone. */
async function send(answer: (response: ServerResponse) => void, timeoutMs = 30_000) {
  const gone: Promise<void>[] = [];
  const written: Socket[] = [];
  const onRequest: Answer = (_request, response) => {
    const { socket } = response;
    if (socket) {
      written.push(socket);
      gone.push(new Promise((resolve) => socket.once('close', () => resolve())));
      socket.on('error', () => {});
    }
    answer(response);
  };
  const { baseUrl } = await startCollector(onRequest);
  const transport = httpTransport({ url: new URL(baseUrl), headers: {}, timeoutMs, wallNow: () => 0 });
  onTestFinished(() => transport.close());
  const result = await transport.send(body, signal);
  return {
    result,
    /** Resolves when the client has let go of its connection. */
    released: async () => void (await Promise.all(gone)),
    bytesWritten: () => written.reduce((sum, socket) => sum + socket.bytesWritten, 0),
  };
}

/** Writes as long as somebody reads. */
function pour(response: ServerResponse, chunk: Buffer, total: number): void {
  let left = total;
  const next = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= chunk.length;
      if (!response.write(chunk)) {
        response.once('drain', next);
        return;
      }
    }
    response.end();
  };
  next();
}

const GIGABYTE = 1_000_000_000;
const bomb = gzipSync(Buffer.alloc(50_000_000), { level: constants.Z_BEST_COMPRESSION });

describe('an answer with status 200 is a success', () => {
  it('with a body of 1 GB, of which almost nothing is read', async () => {
    const { result, released, bytesWritten } = await send((response) => {
      response.writeHead(200, { 'content-length': GIGABYTE });
      pour(response, Buffer.alloc(1_000_000), GIGABYTE);
    });
    expect(result).toEqual({ status: 'accepted', rejectedSpans: 0, message: undefined });
    await released();
    expect(bytesWritten()).toBeLessThan(GIGABYTE / 10);
  });

  it('with a body that would decompress to 50 MB, which is not decompressed', async () => {
    expect(bomb.length).toBeLessThan(64 * 1024);
    const before = process.memoryUsage().arrayBuffers;
    const { result } = await send((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    expect(result).toEqual({ status: 'accepted', rejectedSpans: 0, message: undefined });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });

  it('with a body that never ends, after the time limit of the request', async () => {
    const { result, released } = await send((response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('x'), 10);
      response.on('close', () => clearInterval(drip));
    }, 100);
    expect(result).toMatchObject({ status: 'accepted' });
    await released();
  });

  it('with a connection that breaks off within the body', async () => {
    const { result } = await send((response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.socket?.resetAndDestroy());
    });
    expect(result).toMatchObject({ status: 'accepted' });
  });

  it('in an unknown encoding', async () => {
    const { result } = await send((response) => {
      response.writeHead(200, { 'content-encoding': 'x-secret' }).end('abc');
    });
    expect(result).toMatchObject({ status: 'accepted' });
  });
});

describe('an invalid answer', () => {
  it.each([
    ['headers that never end', 'HTTP/1.1 200 OK\r\nx-a: '],
    ['headers without end of the request', `HTTP/1.1 200 OK\r\n${'x-a: aaaaaaaaaaaaaaaa\r\n'.repeat(10_000)}`],
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ])('that is %s may be retried, and the connection is closed', async (_name, text) => {
    const { result, released } = await send((response) => void response.socket?.write(text), 200);
    expect(result).toMatchObject({ status: 'retryable' });
    await released();
  });

  it('leaves no connection open, even after many', async () => {
    const collector = await startCollector((_request, response, count) => {
      if (count % 2 === 0) response.socket?.destroy();
      else pour(response, Buffer.alloc(100_000), 1_000_000);
    });
    const transport = httpTransport({ url: new URL(collector.baseUrl), headers: {}, wallNow: () => 0 });
    const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name.includes('TCPSocket')).length;
    const before = sockets();
    for (let request = 0; request < 100; request++) await transport.send(body, signal);
    await transport.close();
    await collector.close();
    await expect.poll(sockets).toBeLessThanOrEqual(before);
  });
});
