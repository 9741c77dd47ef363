import { describe, expect, it } from 'vitest';
import { aRequest, aSpan, decodeMessage, encodeJson } from '../ingest/testing.js';
import { memoryStore } from '../store/memory.js';
import { appOver } from '../testing/app.js';
import type { AppDeps } from './app.js';

function anApp(say: Partial<AppDeps> = {}) {
  const store = memoryStore();
  const errors: string[] = [];
  const app = appOver(store, {
    log: { info: () => {}, error: (message) => errors.push(message) },
    ...say,
  });
  return { app, errors };
}

const keys = { publicKey: 'team', secretKey: 'se:cret' };
const basic = (credentials: string) => ({ authorization: `Basic ${Buffer.from(credentials).toString('base64')}` });
const traces = (headers: Record<string, string> = {}) => ({
  method: 'POST',
  body: encodeJson(aRequest(aSpan({ attributes: [{ key: 'session.id', value: { stringValue: 's' } }] }))),
  headers: { 'content-type': 'application/json', ...headers },
});

describe('the server', () => {
  it('says that it is up, and its version', async () => {
    const response = await anApp().app.request('/health');
    expect(await response.json()).toEqual({ status: 'ok', version: '1.2.3' });
  });

  it('says without keys that it is ready, until nothing can be stored or it is stopping', async () => {
    let trouble: string | null = null;
    let isStopping = false;
    const { app } = anApp({ keys, trouble: () => trouble, isStopping: () => isStopping });
    const ready = async () => {
      const response = await app.request('/ready');
      return [response.status, await response.json()];
    };
    expect(await ready()).toEqual([200, { status: 'ready', version: '1.2.3' }]);
    trouble = 'The disk is full.';
    expect(await ready()).toEqual([503, { status: 'failing', version: '1.2.3', message: trouble }]);
    trouble = null;
    isStopping = true;
    expect(await ready()).toMatchObject([503, { message: 'The server is stopping; send to another one.' }]);
    expect((await app.request('/health')).status).toBe(200);
  });

  it('lists a session as soon as its span is accepted', async () => {
    const { app } = anApp();
    expect((await app.request('/v1/traces', traces())).status).toBe(200);
    const response = await app.request('/api/v1/sessions');
    expect(await response.json()).toMatchObject({ data: [{ id: 's', traceCount: 1 }], nextCursor: null });
  });

  it('answers 404 to an unknown path, with the paths for traces', async () => {
    const { app } = anApp();
    const response = await app.request('/v1/metrics', {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
    });
    expect(response.status).toBe(404);
    expect(decodeMessage('RpcStatus', new Uint8Array(await response.arrayBuffer()))).toEqual({
      code: 5,
      message: 'There is no POST /v1/metrics. Send traces to POST /v1/traces or /api/public/otel/v1/traces.',
    });
    expect(await (await app.request('/api/v1/nothing')).json()).toMatchObject({
      message: expect.stringMatching(/^There is no GET/),
    });
  });

  it.each([
    ['/api/public/metrics?query=%7B%7D', 'GET /api/v1/overview'],
    ['/api/public/v2/metrics', 'GET /api/v1/overview'],
    ['/api/public/metrics/daily', 'GET /api/v1/overview'],
    ['/api/public/models', '--prices'],
    ['/api/public/v2/prompts/greeting', 'does not keep prompts'],
    ['/api/public/dataset-items', 'traces, scores, comments and media only'],
  ])('answers %s, which Langfuse has and this server has not, with what to use', async (path, instead) => {
    const { app } = anApp();
    const response = await app.request(path);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ message: expect.stringContaining(instead) });
  });

  it('answers 500 when it fails, and logs the reason without sending it', async () => {
    const broken = { ...memoryStore(), listSessions: () => Promise.reject(new Error('secret path')) };
    const { app, errors } = anApp({ reader: broken });
    const response = await app.request('/api/v1/sessions');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret path');
    expect(errors).toEqual(['GET /api/v1/sessions failed']);
  });

  it('answers 400 to an invalid cursor', async () => {
    const response = await anApp().app.request('/api/v1/sessions?cursor=nonsense');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ message: expect.stringMatching(/cursor/) });
  });

  it('sends no CORS headers', async () => {
    const response = await anApp().app.request('/api/v1/sessions', { headers: { origin: 'https://evil.example' } });
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('every answer', () => {
  it.each(['/health', '/api/v1/sessions', '/api/v1/nothing', '/api/v1/sessions?limit=0'])(
    'has the security headers, even an error: %s',
    async (path) => {
      const { headers } = await anApp().app.request(path);
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-security-policy': expect.stringMatching(/^default-src 'none'/),
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      });
      expect(headers.has('strict-transport-security')).toBe(false);
    },
  );
});

describe('on a loopback address', () => {
  it.each(['http://localhost:4318', 'http://127.0.0.1:4318', 'http://[::1]:4318', 'http://app.localhost'])(
    'answers as %s, with any key or none',
    async (origin) => {
      const { app } = anApp();
      expect((await app.request(`${origin}/api/v1/sessions`)).status).toBe(200);
      expect((await app.request(`${origin}/v1/traces`, traces(basic('any:key')))).status).toBe(200);
    },
  );

  it.each(['http://evil.example', 'http://127.0.0.1.evil.example', 'http://localhost.evil.example:4318'])(
    'refuses to answer as %s, a name that anyone can point at this machine',
    async (origin) => {
      const { app } = anApp();
      for (const path of ['/', '/health', '/api/v1/sessions']) {
        expect((await app.request(`${origin}${path}`)).status).toBe(403);
      }
      expect((await app.request(`${origin}/v1/traces`, traces())).status).toBe(403);
    },
  );
});

describe('with keys', () => {
  const { app } = anApp({ keys });
  const open = 'http://traces.example';

  it('answers on every path to a client that sends them', async () => {
    expect((await app.request(`${open}/v1/traces`, traces(basic('team:se:cret')))).status).toBe(200);
    expect((await app.request(`${open}/api/v1/sessions`, { headers: basic('team:se:cret') })).status).toBe(200);
  });

  it.each<[string, Record<string, string>]>([
    ['none', {}],
    ['a wrong secret', basic('team:other')],
    ['a wrong public key', basic('others:se:cret')],
    ['no colon between them', basic('team')],
    ['empty keys', basic(':')],
    ['a secret with a space added', basic('team:se:cret ')],
    ['NUL in them', basic('team:se:cret\0')],
    ['a megabyte of them', basic(`team:${'x'.repeat(1_000_000)}`)],
    ['another scheme', { authorization: 'Bearer team:se:cret' }],
    [
      'a scheme that only begins alike',
      { authorization: basic('team:se:cret').authorization.replace('Basic', 'Basics') },
    ],
    ['no base64', { authorization: 'Basic %%%' }],
    ['the scheme alone', { authorization: 'Basic' }],
    ['keys that are not encoded', { authorization: 'Basic team:se:cret' }],
    ['keys without a scheme', { authorization: basic('team:se:cret').authorization.slice('Basic '.length) }],
    [
      'two pairs in one header',
      { authorization: `${basic('a:b').authorization}, ${basic('team:se:cret').authorization}` },
    ],
    ['the keys in another order', basic('se:cret:team')],
    ['the public key alone', basic('team:')],
    ['the secret alone', basic(':se:cret')],
    ['the beginning of the secret', basic('team:se:cre')],
    ['the secret in another case', basic('team:SE:CRET')],
    ['the secret, encoded for URLs', basic('team:se%3Acret')],
    ['the keys, encoded twice', basic(Buffer.from('team:se:cret').toString('base64'))],
    ['the keys under another header', { 'x-api-key': 'team:se:cret', cookie: 'key=team:se:cret' }],
    ['keys for a proxy', { 'proxy-authorization': basic('team:se:cret').authorization }],
  ])('answers 401 to %s', async (_what, headers) => {
    for (const path of ['/', '/sessions/s', '/api/v1/sessions', '/api/public/projects', '/nothing']) {
      const response = await app.request(`${open}${path}`, { headers });
      expect(response.status, path).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^Basic /);
    }
    const refused = await app.request(`${open}/v1/traces`, traces(headers));
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ code: 16, message: expect.stringMatching(/key/) });
  });

  it('does not read keys from the URL, which ends up in logs', async () => {
    expect((await app.request(`${open}/api/v1/sessions?publicKey=team&secretKey=se:cret`)).status).toBe(401);
  });

  it('answers health checks without keys', async () => {
    expect((await app.request(`${open}/health`)).status).toBe(200);
    expect((await app.request(`${open}/api/public/health`)).status).toBe(200);
  });
});

describe('other requests of Langfuse SDKs', () => {
  const { app } = anApp();

  it('lists one project, which is all that auth_check() needs', async () => {
    const { data } = (await (await app.request('/api/public/projects')).json()) as { data: object[] };
    expect(data).toEqual([
      { id: 'default', name: 'default', metadata: {}, organization: { id: 'default', name: 'default' } },
    ]);
    expect(await (await app.request('/api/public/health')).json()).toEqual({ status: 'OK', version: '1.2.3' });
  });
});
