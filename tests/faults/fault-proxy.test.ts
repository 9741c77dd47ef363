import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { startFaultProxy } from '../support/fault-proxy.js';

async function startBehindProxy() {
  let received = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      received += 1;
      response.end('stored');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  const proxy = await startFaultProxy(`http://127.0.0.1:${address.port}`);
  onTestFinished(async () => {
    await proxy.close();
    server.close();
    server.closeAllConnections();
  });
  const send = async (signal?: AbortSignal) => {
    const response = await fetch(proxy.url, { method: 'POST', body: 'span', ...(signal ? { signal } : {}) });
    return response.text();
  };
  return { proxy, send, received: () => received };
}

it('passes requests and answers on while there is no fault', async () => {
  const { proxy, send, received } = await startBehindProxy();
  expect(await send()).toBe('stored');
  expect(received()).toBe(1);
  expect(proxy.struck).toBe(0);
});

it('refuses connections, and accepts them again on the same port', async () => {
  const { proxy, send, received } = await startBehindProxy();
  await proxy.set({ kind: 'refuse' });
  await expect(send()).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  await proxy.set({ kind: 'none' });
  expect(await send()).toBe('stored');
  expect(received()).toBe(1);
});

it('drops an answer only after the server has the request', async () => {
  const { proxy, send, received } = await startBehindProxy();
  await proxy.set({ kind: 'lose-answer' });
  await expect(send()).rejects.toThrow();
  expect(received()).toBe(1);
  expect(proxy.struck).toBe(1);
});

it('resets a request before the server sees it', async () => {
  const { proxy, send, received } = await startBehindProxy();
  await proxy.set({ kind: 'reset-request' });
  await expect(send()).rejects.toThrow();
  expect(received()).toBe(0);
});

it('resets some requests at random', async () => {
  const { proxy, send, received } = await startBehindProxy();
  const chances = [0.5, 0.009, 0.01];
  await proxy.set({ kind: 'reset-some', chance: 0.01, random: () => chances.shift() ?? 1 });
  expect(await send()).toBe('stored');
  await expect(send()).rejects.toThrow();
  expect(await send()).toBe('stored');
  expect([received(), proxy.struck]).toEqual([2, 1]);
});

it('hangs without an answer', async () => {
  const { proxy, send, received } = await startBehindProxy();
  await proxy.set({ kind: 'hang' });
  await expect(send(AbortSignal.timeout(200))).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(received()).toBe(0);
});

it.each([
  { kind: 'latency', ms: 20 },
  { kind: 'drip', pauseMs: 1 },
] as const)('hands the whole answer on, if slowly, under $kind', async (fault) => {
  const { proxy, send } = await startBehindProxy();
  await proxy.set(fault);
  expect(await send()).toBe('stored');
  expect(proxy.struck).toBeGreaterThan(0);
});

it('closes an idle connection', async () => {
  const { proxy, send } = await startBehindProxy();
  await proxy.set({ kind: 'close-idle', afterMs: 10 });
  await send();
  await expect.poll(() => proxy.struck).toBeGreaterThan(0);
});

it('closes a connection that is used again, before the server sees the request', async () => {
  const { proxy, received } = await startBehindProxy();
  await proxy.set({ kind: 'close-reused' });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const send = async () => {
    const [response] = await once(request(proxy.url, { method: 'POST', agent }).end('span'), 'response');
    return text(response);
  };
  expect(await send()).toBe('stored');
  await expect(send()).rejects.toThrow('socket hang up');
  expect(await send()).toBe('stored');
  expect([received(), proxy.struck]).toEqual([2, 1]);
});
