import { type EventEmitter, once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { aRequest, aSpan, encodeJson, encodeProtobuf } from '../ingest/testing.js';
import { DEFAULT_LIMITS } from '../otlp/limits.js';
import type { Store } from '../store/contract.js';
import { memoryStore } from '../store/memory.js';
import { sqliteStore } from '../store/sqlite/index.js';
import { spanId, traceId } from '../store/testing.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import type { ServerConfig } from './options.js';
import { CannotListen, type RunningServer, serve } from './serve.js';

async function start(config: Partial<ServerConfig> = {}, openStore: (path: string) => Store = () => memoryStore()) {
  const server = await serve(
    { host: '127.0.0.1', port: 0, database: join(temporaryFolder(), 'traces.db'), keys: null, ...config },
    {
      openStore: (path) => openStore(path),
      pageFolder: temporaryFolder(),
      version: '0',
      log: { info: () => {}, error: () => {} },
    },
  );
  onTestFinished(() => server.close());
  return server;
}

const post = (server: RunningServer, body: Uint8Array<ArrayBuffer>, type = 'application/x-protobuf') =>
  fetch(`${server.url}/v1/traces`, { method: 'POST', body, headers: { 'content-type': type } });

describe('a server on a real socket', () => {
  it('accepts traces, answers with them, and has the URL where it listens', async () => {
    const server = await start();
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const attributes = [{ key: 'session.id', value: { stringValue: 's' } }];
    expect((await post(server, encodeProtobuf(aRequest(aSpan({ attributes }))))).status).toBe(200);
    expect((await post(server, encodeJson(aRequest(aSpan())), 'application/json')).status).toBe(200);
    const sessions = await fetch(`${server.url}/api/v1/sessions`);
    expect(await sessions.json()).toMatchObject({ data: [{ id: 's', observationCount: 1 }] });
  });

  it('puts an IPv6 address in brackets in its URL', async () => {
    const server = await start({ host: '::1' });
    expect(server.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });

  it('says that its port is taken, names the option, and leaves the database free', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const database = join(temporaryFolder(), 'traces.db');
    const starting = start({ port, database }, sqliteStore);
    await expect(starting).rejects.toThrow(CannotListen);
    await expect(starting).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is already in use; choose another port, or 0 for any free one.`,
    );
    await sqliteStore(database).close();
  });

  it('estimates the cost of a call by the prices of its file, and says of a file that it cannot use why', async () => {
    const prices = join(temporaryFolder(), 'prices.json');
    writeFileSync(prices, '{ "house-model": { "input": 2, "output": 4 } }');
    const server = await start({ prices });
    const attributes = [
      { key: 'session.id', value: { stringValue: 's' } },
      { key: 'gen_ai.request.model', value: { stringValue: 'house-model' } },
      { key: 'gen_ai.usage.input_tokens', value: { intValue: '1000000' } },
      { key: 'gen_ai.usage.output_tokens', value: { intValue: '500000' } },
    ];
    await post(server, encodeProtobuf(aRequest(aSpan({ attributes }))));
    const sessions = await fetch(`${server.url}/api/v1/sessions`);
    expect(await sessions.json()).toMatchObject({ data: [{ totalCost: 4, costEstimated: true }] });

    writeFileSync(prices, '{');
    await expect(start({ prices })).rejects.toThrow(`The prices in ${prices} cannot be used: they are not JSON`);
    await expect(start({ prices: `${prices}.none` })).rejects.toThrow(
      /cannot be read .*name another file with --prices/,
    );
  });

  it('says when an address is not one of this machine', async () => {
    await expect(start({ host: '192.0.2.1' })).rejects.toThrow(
      '192.0.2.1 is not an address of this machine; choose another host.',
    );
  });

  it('refuses a body without end at the limit, and closes the connection', async () => {
    const server = await start();
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    let answer = '';
    socket.on('data', (bytes) => {
      answer += bytes;
    });
    const closed = closing(socket);
    socket.write(
      'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    // One byte over the limit, and no end. More would be left unread, and a connection closed over unread bytes is reset:
    // the client might then never see the answer.
    const mebibyte = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(0x100000, ' '), Buffer.from('\r\n')]);
    for (let sent = 0; sent < DEFAULT_LIMITS.wireBytes; sent += 0x100000) socket.write(mebibyte);
    socket.write('1\r\n \r\n');
    await closed;
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });

  it('survives a client that leaves in the middle of its body', async () => {
    const server = await start();
    const client = httpRequest(`${server.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': '1000' },
    });
    const closed = closing(client);
    client.write('{');
    await once(client, 'socket');
    client.destroy();
    await closed;
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });

  it.each([
    ['nothing', ''],
    ['half a request line', 'GET /hea'],
    ['half of the headers', 'GET /health HTTP/1.1\r\nHost: localhost\r\n'],
    ['a request, and half of the next', 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /hea'],
    [
      'half of a body',
      'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{',
    ],
  ])('does not wait on close for a client that has sent %s', async (_what, text) => {
    const server = await start();
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const closed = closing(socket);
    let answer = '';
    socket.on('data', (bytes) => {
      answer += bytes;
    });
    await once(socket, 'connect');
    socket.write(text);
    // What was sent later is answered: then that was read, too.
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    if (text.includes('\r\n\r\nGET')) await expect.poll(() => answer).toContain('"status":"ok"');
    // By its own deadline, which is shorter than the one that ends every connection.
    vi.useFakeTimers({ toFake: ['setTimeout'], now: Date.now() });
    onTestFinished(() => void vi.useRealTimers());
    const stopped = server.close();
    vi.advanceTimersByTime(2_000);
    await stopped;
    await closed;
  });

  it('answers requests in progress on close, refuses later ones, and has stored all it acknowledged', async () => {
    const database = join(temporaryFolder(), 'traces.db');
    const server = await start({ database }, sqliteStore);
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    onTestFinished(() => agent.destroy());
    const acknowledged = new Set<number>();
    let refused = 0;
    let next = 0;
    const worker = async () => {
      for (;;) {
        next += 1;
        const number = next;
        const body = encodeProtobuf(aRequest(aSpan({ traceId: traceId(number), spanId: spanId(number) })));
        const status = await postVia(agent, server.url, body);
        if (status !== 200) {
          refused += 1;
          return;
        }
        acknowledged.add(number);
      }
    };
    const workers = Array.from({ length: 8 }, worker);
    while (acknowledged.size < 50) await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([server.close(), server.close()]);
    await Promise.all(workers);
    expect(refused).toBe(8);

    const store = sqliteStore(database);
    const { traces } = await store.listTraces('default', {});
    await store.close();
    const stored = new Set(traces.map(({ id }) => Number.parseInt(id, 16)));
    expect([...acknowledged].filter((number) => !stored.has(number))).toEqual([]);
  });
});

/** Resolves when it is closed, with an error or without: `once` would take an error for its own. */
function closing(emitter: EventEmitter): Promise<void> {
  emitter.on('error', () => {});
  return new Promise((resolve) => emitter.on('close', () => resolve()));
}

/** Resolves to the status, or to 0 when there was no answer. */
function postVia(agent: Agent, url: string, body: Uint8Array): Promise<number> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length };
    const client = httpRequest(`${url}/v1/traces`, { agent, method: 'POST', headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', () => resolve(0));
    });
    client.on('error', () => resolve(0));
    client.end(body);
  });
}
