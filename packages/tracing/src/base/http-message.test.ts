import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { snapshot } from './snapshot.js';

const recorded = (value: unknown): unknown => JSON.parse(snapshot(value) ?? 'null');

/** What is recorded of the arguments of a real server's listener, after `change`. */
async function served(change: (request: object, response: object) => unknown): Promise<unknown> {
  let said: unknown;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    response.statusCode = 201;
    said = recorded(change(request, response));
    response.end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await fetch(`http://127.0.0.1:${port}/chat?id=7`, { method: 'POST', headers: { 'X-Plan': 'free' }, body: 'hi' });
  server.close();
  return said;
}

describe('an HTTP message is recorded with its readable parts', () => {
  const request = { method: 'POST', url: '/chat?id=7', headers: { 'x-plan': 'free' } };

  it('of Node’s: method, url, headers and status', async () => {
    const said = await served((...both) => both);
    expect(said).toMatchObject([request, { statusCode: 201 }]);
    expect(Object.keys(Object(Object(said)[0]))).toEqual(['method', 'url', 'headers']);
    expect(Object(said)[1]).toEqual({ statusCode: 201 });
  });

  it('of Express’s: also parameters and body, and the url as it was sent', async () => {
    const added = { originalUrl: '/api/chat?id=7', params: { id: '7' }, body: { question: 'Why?' }, next() {} };
    const { originalUrl, next: _next, ...shown } = added;
    expect(await served((given) => Object.assign(given, added))).toMatchObject({
      ...request,
      ...shown,
      url: originalUrl,
    });
  });

  it('of Fastify’s: what its raw request says, parameters, query and body', async () => {
    class FastifyRequest {
      readonly raw: object;
      constructor(raw: object) {
        this.raw = raw;
      }
      readonly query = { id: '7' };
      readonly server = { heavy: 'x'.repeat(10_000) };
    }
    const said = await served((given) => new FastifyRequest(given));
    expect(said).toMatchObject({ ...request, query: { id: '7' } });
    expect(said).not.toHaveProperty('server');
  });

  it('of the web’s: method, url, headers and status, and not the body', () => {
    const headers = { 'X-Plan': 'free' };
    const message = new Request('https://example.com/chat', { method: 'POST', body: 'hi', headers });
    expect(recorded(message)).toMatchObject({
      method: 'POST',
      url: 'https://example.com/chat',
      headers: { 'x-plan': 'free' },
    });
    expect(recorded(new Response('hi', { status: 404 }))).toMatchObject({ status: 404 });
    expect(recorded(message)).not.toHaveProperty('body');
    expect(message.bodyUsed).toBe(false);
  });

  it('within two kilobytes for both arguments of a listener', async () => {
    expect(JSON.stringify(await served((...both) => both)).length).toBeLessThan(2_048);
  });
});

it('a plain object with the same names is recorded whole', () => {
  const plain = { rawHeaders: ['a', 'b'], method: 'GET', other: 1 };
  expect(recorded(plain)).toEqual(plain);
});

it('a response of another library is recorded as any object, and none of its getters runs', () => {
  class OtherResponse {
    readonly size = 0;
    get headers(): object {
      throw new Error('was read');
    }
  }
  Object.defineProperty(OtherResponse.prototype, Symbol.toStringTag, { value: 'Response' });
  expect(recorded(new OtherResponse())).toEqual({ size: 0 });
});
