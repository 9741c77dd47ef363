import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SpanAttributeKeys } from '@powerrag/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { observe } from '../index.js';
import { recordSpans } from '../testing/recorded-spans.js';

const spans = recordSpans();
afterEach(() => void vi.useRealTimers());

const partialOf = (name: string) => spans.named(name).attributes[SpanAttributeKeys.partial];
const outputOf = (name: string) => spans.named(name).attributes[SpanAttributeKeys.observationOutput];

describe('a response whose body nobody reads', () => {
  it('ends its observation after five seconds', async () => {
    const server = createServer((_request, response) => response.end('Paris')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const response = await observe(() => fetch(`http://127.0.0.1:${port}`), { name: 'ask' })();
    expect(response.status).toBe(200);
    vi.advanceTimersByTime(4_999);
    expect(spans.all()).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(partialOf('ask')).toBe('abandoned');
    expect(await response.text()).toBe('Paris');
    server.closeAllConnections();
    server.close();
  });

  it('leaves it open while the body is read, however long that takes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let send: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        send = controller;
      },
    });
    const response = await observe(async () => new Response(body), { name: 'ask' })();
    const text = response.text();
    await Promise.resolve();
    vi.advanceTimersByTime(3_600_000);
    send?.enqueue(new TextEncoder().encode('Paris'));
    send?.close();
    expect(await text).toBe('Paris');
    expect(outputOf('ask')).toBe('Paris');
  });
});

it('a stream that nobody reads ends its observation after a minute', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const stream = observe(() => new ReadableStream(), { name: 'ask' })();
  vi.advanceTimersByTime(59_999);
  expect(spans.all()).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(partialOf('ask')).toBe('abandoned');
  expect(stream.locked).toBe(false);
});

describe('properties that the application has set on a result stay on it', () => {
  const requestId = Symbol.for('request-id');
  const own = { id: { value: 'r-1', enumerable: true }, hidden: { value: 1 }, [requestId]: { get: () => 'r-2' } };

  it.each<[string, () => object]>([
    ['a stream', () => new ReadableStream()],
    ['a response', () => new Response('Paris')],
    ['a promise', () => Promise.resolve('Paris')],
    ['a generator', () => (function* () {})()],
  ])('on %s', async (_name, made) => {
    const result = observe(() => Object.defineProperties(made(), own), { name: 'ask' })();
    expect(Object.getOwnPropertyDescriptor(result, 'id')).toMatchObject({ value: 'r-1', enumerable: true });
    expect(Object.getOwnPropertyDescriptor(result, 'hidden')).toMatchObject({ value: 1, enumerable: false });
    expect(Reflect.get(result, requestId)).toBe('r-2');
    if (result instanceof Promise) expect(await result).toBe('Paris');
  });
});
