import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createReadApi } from '../read/index.js';
import type { SessionReader } from '../store/contract.js';
import { memoryStore } from '../store/memory.js';
import { anObservation, traceId } from '../store/testing.js';
import { listen } from '../testing/listen.js';
import { signedIn } from '../testing/signed-in.js';
import { changeStream } from './change-stream.js';
import { Changes } from './changes.js';
import { Feeds, MAX_FOLLOWERS } from './feeds.js';

/** A server with the session `s`, on a real socket. */
async function start(also: Partial<SessionReader> = {}) {
  const store = memoryStore();
  const changes = new Changes();
  await store.write('default', [anObservation({ traceId: traceId(1), trace: { sessionId: 's' } })]);
  const api = signedIn(createReadApi({ reader: { ...store, ...also }, changes }));
  onTestFinished(() => changes.close());
  return { store, changes, ...(await listen(api)) };
}

const changesOf = (version = '1.1', method = 'GET') =>
  `${method} /api/v1/sessions/s/changes HTTP/${version}\r\nHost: 127.0.0.1\r\n\r\n`;

/** Sends that, and gathers what comes back. */
async function client(port: number, text: string): Promise<{ socket: Socket; answer: () => string }> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    answer += bytes;
  });
  await once(socket, 'connect');
  socket.write(text);
  return { socket, answer: () => answer };
}

describe('the number of followers', () => {
  it('does not grow with HEAD requests', async () => {
    const { changes, url } = await start();
    for (let round = 0; round < 30; round++) {
      const heads = Array.from({ length: 20 }, () => fetch(`${url}/api/v1/sessions/s/changes`, { method: 'HEAD' }));
      for (const response of await Promise.all(heads)) {
        expect(response.status).toBe(200);
        expect(response.headers.get('content-type')).toBe('text/event-stream');
      }
    }
    expect(changes.followers).toBe(0);
  });

  it.each([
    ['leaves', (socket: Socket) => socket.end()],
    ['resets the connection', (socket: Socket) => socket.resetAndDestroy()],
  ])('falls when a client %s', async (_how, leave) => {
    const { changes, port } = await start();
    const { socket, answer } = await client(port, changesOf());
    await expect.poll(answer).toContain('its id the position to go on from');
    expect(changes.followers).toBe(1);
    leave(socket);
    await expect.poll(() => changes.followers).toBe(0);
  });

  it('falls when an HTTP/1.0 client leaves, which gets the stream without chunks', async () => {
    const { changes, port } = await start();
    const { socket, answer } = await client(port, changesOf('1.0'));
    await expect.poll(answer).toContain('\r\n\r\n: each change is an event');
    socket.destroy();
    await expect.poll(() => changes.followers).toBe(0);
  });

  it('falls when the client leaves while the session is still being read', async () => {
    const reading = deferred();
    const read = deferred();
    const { store } = await start();
    const { changes, port } = await start({
      listTraceIds: async (...query) => {
        reading.resolve();
        await read.promise;
        return store.listTraceIds(...query);
      },
    });
    const { socket } = await client(port, changesOf());
    await reading.promise;
    expect(changes.followers).toBe(1);
    socket.destroy();
    // The server has heard of it when it answers a request that was made later.
    await expect.poll(() => socket.closed).toBe(true);
    await fetch(`http://127.0.0.1:${port}/api/v1/sessions`);
    read.resolve();
    await expect.poll(() => changes.followers).toBe(0);
  });

  it('is one per connection, and falls when requests were pipelined behind it', async () => {
    const { changes, port } = await start();
    const { socket, answer } = await client(port, changesOf().repeat(600));
    await expect.poll(answer).toContain('its id the position to go on from');
    expect(changes.followers).toBe(1);
    socket.destroy();
    await expect.poll(() => changes.followers).toBe(0);
  });

  it('falls after a while when the client reads nothing', async () => {
    const changes = new Changes();
    const app = new Hono();
    const feeds = new Feeds(changes, async () => ({
      from: null,
      revision: 1,
      asOfMs: 1,
      changes: [],
      nextChangeMs: null,
    }));
    const taken = deferred();
    const traceIds = async () => {
      expect(changes.followers).toBe(1);
      taken.resolve();
      return [];
    };
    app.get('*', (context) =>
      changeStream(context, { feeds, projectId: 'default', sessionId: 's', traceIds, lifetimeMs: 50 }),
    );
    onTestFinished(() => changes.close());
    const { port } = await listen(app);
    const { socket } = await client(port, changesOf());
    socket.pause();
    onTestFinished(() => void socket.destroy());
    await taken.promise;
    await expect.poll(() => changes.followers).toBe(0);
  });

  it('is limited: more clients get a 503 that says when to retry, until one leaves', async () => {
    const { changes, url } = await start();
    const held = Array.from({ length: MAX_FOLLOWERS }, () => changes.enter());
    const refused = await fetch(`${url}/api/v1/sessions/s/changes`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await refused.json()).toEqual({
      message: `${MAX_FOLLOWERS} clients already follow sessions; try again later.`,
    });
    held[0]?.();
    held[0]?.();
    const taken = await fetch(`${url}/api/v1/sessions/s/changes`);
    expect(taken.status).toBe(200);
    await taken.body?.cancel();
  });
});

describe('several followers of one session', () => {
  it('reads its traces once, and notifies each follower of a change', async () => {
    const changes = new Changes();
    const writer = changes.of(memoryStore());
    let reads = 0;
    const traceIds = async () => {
      reads += 1;
      return [traceId(1)];
    };
    const first = await changes.follow('default', 's', traceIds);
    const second = await changes.follow('default', 's', traceIds);
    await writer.write('default', [anObservation({ traceId: traceId(1), trace: {} })]);
    expect([await first.next(1000), await second.next(1000)]).toEqual(['changed', 'changed']);
    expect(reads).toBe(1);
    first.stop();
    await writer.write('default', [anObservation({ traceId: traceId(1), trace: {} })]);
    expect([await first.next(1000), await second.next(1000)]).toEqual(['over', 'changed']);
  });
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}
