import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBlackHole, startSilentServer } from '../../packages/exporter/src/testing/black-hole.js';
import {
  type Certificate,
  createAuthority,
  createCertificate,
} from '../../packages/exporter/src/testing/certificates.js';
import { startCollector } from '../../packages/exporter/src/testing/collector.js';
import { startProxy } from '../../packages/exporter/src/testing/proxy.js';
import { runProgram } from './runtimes.js';

interface Sent {
  readonly delivered: number;
  readonly refused: number;
  readonly pending: number;
  readonly lines: readonly string[];
}

const keys = { publicKey: 'pk-of-the-test', secretKey: 'sk-of-the-test' };

let authority: Certificate;

beforeAll(async () => {
  authority = await createAuthority();
});

/** Sends one span from Bun; what the program prints, when it has ended by itself. */
async function send(options: Record<string, unknown>, variables: Record<string, string> = {}): Promise<Sent> {
  const env = { OPTIONS: JSON.stringify({ exitHooks: false, ...keys, ...options }), ...variables };
  const { stdout } = await runProgram('bun', ['run'], join(import.meta.dirname, 'programs/send-one.mjs'), env);
  return JSON.parse(stdout);
}

const kept = { delivered: 0, pending: 1 };

describe('from Bun, too', () => {
  it('spans and keys go to a server whose certificate is signed by the authority of the option `ca`', async () => {
    const collector = await startCollector(undefined, await createCertificate({ ca: authority }));
    expect(await send({ baseUrl: collector.baseUrl, ca: authority.cert })).toMatchObject({ delivered: 1, lines: [] });
    expect(collector.requests[0]?.headers.authorization).toBe(`Basic ${btoa('pk-of-the-test:sk-of-the-test')}`);
    expect(collector.requests[0]?.headers['user-agent']).toMatch(/^powerrag-exporter\/\S+ bun\//);
  });

  it('no request goes to a server with a bad certificate, even with NODE_TLS_REJECT_UNAUTHORIZED=0', async () => {
    const unknown = await startCollector(undefined, await createCertificate({ ca: authority }));
    const variables = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    expect(await send({ baseUrl: unknown.baseUrl }, variables)).toMatchObject(kept);
    const other = await startCollector(undefined, await createCertificate({ ca: authority, host: 'other.example' }));
    expect(await send({ baseUrl: other.baseUrl, ca: authority.cert }, variables)).toMatchObject(kept);
    expect([...unknown.requests, ...other.requests]).toHaveLength(0);
  });

  it('no key is sent to the target of a redirect', async () => {
    const elsewhere = await startCollector();
    const collector = await startCollector((_request, response) => {
      response.writeHead(307, { location: elsewhere.baseUrl }).end();
    });
    const { lines, refused } = await send({ baseUrl: collector.baseUrl });
    expect(refused).toBe(1);
    expect(lines[0]).toContain('Redirects are not followed');
    expect(elsewhere.requests).toHaveLength(0);
  });

  it('no proxy is used, and a log line says so where one is set', async () => {
    const proxy = await startProxy();
    const url = `http://127.0.0.1:${proxy.port}`;
    const variables = {
      HTTP_PROXY: url,
      http_proxy: url,
      HTTPS_PROXY: url,
      https_proxy: url,
      NO_PROXY: '',
      no_proxy: '',
    };
    const plain = await startCollector();
    expect(await send({ baseUrl: plain.baseUrl }, variables)).toMatchObject({ delivered: 1, lines: [] });
    const secure = await startCollector(undefined, await createCertificate({ ca: authority }));
    expect(await send({ baseUrl: secure.baseUrl, ca: authority.cert }, variables)).toMatchObject({ delivered: 1 });
    const { lines } = await send({ baseUrl: 'https://spans.invalid' }, variables);
    expect(lines[0]).toContain('the proxy is not used in Bun');
    expect(proxy.asked).toEqual([]);
  });

  it('an answer without an end is still a success', async () => {
    const collector = await startCollector((_request, response) => {
      const timer = setInterval(() => response.write(Buffer.alloc(60_000)), 1);
      response.on('close', () => clearInterval(timer));
    });
    expect(await send({ baseUrl: collector.baseUrl })).toMatchObject({ delivered: 1 });
  });

  it('a program ends by itself while a server does not answer, or takes no connection', async () => {
    const silent = await startSilentServer();
    expect(await send({ baseUrl: `http://127.0.0.1:${silent.port}` })).toEqual({ ...kept, refused: 0, lines: [] });
    expect(await send({ baseUrl: `https://127.0.0.1:${silent.port}` })).toEqual({ ...kept, refused: 0, lines: [] });
    expect(silent.taken).toBe(2);
    const { lines } = await send({ baseUrl: `http://127.0.0.1:${await startBlackHole()}` });
    expect(lines[0]).toContain('the host did not answer within 3 s');
  });
});
