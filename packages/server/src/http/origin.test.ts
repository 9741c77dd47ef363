import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serve } from '../commands/serve.js';
import { memoryStore } from '../store/memory.js';
import { temporaryFolder } from '../testing/temporary-folder.js';

const KEYS = { publicKey: 'team', secretKey: 'secret' };

async function start(keys: typeof KEYS | null = null) {
  const errors: string[] = [];
  const log = { info: () => {}, error: (line: string) => errors.push(line) };
  const server = await serve(
    { host: '127.0.0.1', port: 0, database: '', keys },
    { openStore: () => memoryStore(), pageFolder: temporaryFolder(), version: '0', log },
  );
  onTestFinished(() => server.close());
  return { errors, port: Number(new URL(server.url).port), url: server.url };
}

/** The status of the answer to a raw request: `fetch` would set some headers itself. */
async function statusOf(port: number, ...lines: string[]): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (bytes) => {
    answer += bytes;
  });
  socket.write([...lines, 'Connection: close', '', ''].join('\r\n'));
  await once(socket, 'close');
  return Number(/^HTTP\/1\.1 (\d+) /.exec(answer)?.[1]);
}

const THIS_MACHINE = [
  'localhost',
  'LOCALHOST',
  'app.localhost',
  '127.0.0.1',
  '127.255.0.9',
  '127.0.0.1:65535',
  '[::1]',
  '[::1]:80',
  // Other spellings of 127.0.0.1, see https://url.spec.whatwg.org.
  '127.1',
  '0x7f.1',
  '127.0.0.1.',
];
const OTHERS = ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1', '0', '-', '..', ','];
const NO_HOSTS = [
  '127.999.1.1',
  '127.0.0.256',
  '256.256.256.256',
  '1.1.1.1.1',
  '999999999999',
  'evil.1',
  'xn--',
  'xn--a',
  '127.0.0.1:99999',
  '127.0.0.1:http',
  'user@127.0.0.1',
  '127.0.0.1/x',
  '127.0.0.1#',
  '%31',
  '::1',
  '[::1',
  '[127.0.0.1]',
  '[fe80::1%25eth0]',
  'a b',
  'ä',
  '',
];

describe('the Host of a request', () => {
  it.each([
    ['names this machine', THIS_MACHINE, 200],
    ['names another', OTHERS, 403],
    ['is not valid', NO_HOSTS, 400],
  ] as const)('that %s', async (_what, hosts, status) => {
    const { errors, port } = await start();
    for (const host of hosts) expect(await statusOf(port, 'GET /health HTTP/1.1', `Host: ${host}`), host).toBe(status);
    expect(errors).toEqual([]);
  });

  it('is refused if it is invalid, also by a server with keys', async () => {
    const { errors, port } = await start(KEYS);
    const authorization = `Authorization: Basic ${btoa('team:secret')}`;
    for (const host of NO_HOSTS) {
      for (const path of ['/health', '/api/v1/sessions']) {
        expect(await statusOf(port, `GET ${path} HTTP/1.1`, `Host: ${host}`, authorization), host).toBe(400);
      }
    }
    expect(errors).toEqual([]);
  });
});

describe('a request that a page of another site triggers in a browser', () => {
  const from = (site: string, mode = 'no-cors') => ({ headers: { 'sec-fetch-site': site, 'sec-fetch-mode': mode } });

  it.each(['/api/v1/sessions', '/api/v1/sessions/s/replay', '/api/public/traces', '/api/v1/nothing'])(
    'is refused at %s',
    async (path) => {
      const { url } = await start();
      const status = async (init: RequestInit) => (await fetch(url + path, init)).status;
      const open = await status({});
      for (const mode of ['no-cors', 'cors', 'navigate']) expect(await status(from('cross-site', mode))).toBe(403);
      for (const site of ['same-origin', 'same-site', 'none']) expect(await status(from(site))).toBe(open);
    },
  );

  it('gets the page when it is a link', async () => {
    const { url } = await start();
    const status = async (init: RequestInit) => (await fetch(`${url}/sessions/s`, init)).status;
    expect(await status(from('cross-site', 'navigate'))).toBe(await status({}));
  });
});
