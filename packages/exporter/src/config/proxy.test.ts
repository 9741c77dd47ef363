import { describe, expect, it, onTestFinished } from 'vitest';
import { createAuthority, createCertificate } from '../testing/certificates.js';
import { startCollector } from '../testing/collector.js';
import { startPipeline } from '../testing/pipeline.js';
import { startProxy } from '../testing/proxy.js';
import { httpTransport } from '../transport/http.js';
import { readProxy } from './proxy.js';

const secureEndpoint = new URL('https://spans.example/v1');
const plainEndpoint = new URL('http://spans.example/v1');

describe('the proxy', () => {
  it.each([
    ['none', {}, secureEndpoint, undefined],
    ['that for https', { HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://q:1' }, secureEndpoint, 'http://p:1'],
    ['that for http', { HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://q:1' }, plainEndpoint, 'http://q:1'],
    ['small letters first', { HTTPS_PROXY: 'http://p:1', https_proxy: 'http://r:1' }, secureEndpoint, 'http://r:1'],
    ['none where it is empty', { HTTPS_PROXY: '' }, secureEndpoint, undefined],
  ])('is %s', (_name, variables, endpoint, expected) => {
    expect(readProxy(endpoint, variables)).toEqual(
      expected === undefined ? undefined : { url: expected, exceptions: '' },
    );
  });

  it.each(['proxy.example:3128', 'socks5://u:hunter2@p:1', 'http://u:%zz@p:1'])(
    'is named, without what is in it, when it cannot be used: %s',
    (url) => {
      const proxy = readProxy(secureEndpoint, { HTTPS_PROXY: url });
      expect(proxy).toEqual({ problem: expect.stringContaining('HTTPS_PROXY is not an http or https URL') });
      expect(JSON.stringify(proxy)).not.toMatch(/hunter2|u:/);
    },
  );
});

/** The environment for one test. */
function setVariables(variables: Record<string, string>): void {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name];
    process.env[name] = value;
    onTestFinished(() => {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    });
  }
}

/** A server that has a name of its own, which only the proxy finds. */
async function startNamedServer() {
  const ca = await createAuthority();
  const collector = await startCollector(undefined, await createCertificate({ ca, host: 'spans.example' }));
  const baseUrl = `https://spans.example:${new URL(collector.baseUrl).port}`;
  return { collector, baseUrl, ca: ca.cert };
}

const keys = { publicKey: 'pk-1', secretKey: 'sk-1' };
const basic = Buffer.from('pk-1:sk-1').toString('base64');

describe('through a proxy', () => {
  it('spans reach an https server through a tunnel, so the proxy sees neither keys nor spans', async () => {
    const proxy = await startProxy('user:p@ss');
    const { baseUrl, ca, collector } = await startNamedServer();
    setVariables({ HTTPS_PROXY: `http://user:p%40ss@127.0.0.1:${proxy.port}` });
    const lines: string[] = [];
    const { processor, start } = startPipeline({ baseUrl, ca, ...keys, log: (line) => lines.push(line) });
    start('the name of a span').end();
    await processor.forceFlush();
    expect(processor.stats().delivered).toBe(1);
    expect(collector.requests[0]?.headers.authorization).toBe(`Basic ${basic}`);
    expect(proxy.asked).toEqual([
      { line: `CONNECT spans.example:${new URL(baseUrl).port}`, credentials: `Basic ${btoa('user:p@ss')}` },
    ]);
    expect(proxy.seen()).not.toContain(basic);
    expect(proxy.seen()).not.toContain('the name of a span');
    expect(lines).toEqual([]);
  });

  it('spans without keys reach a plain http server in a normal proxy request', async () => {
    const proxy = await startProxy();
    const collector = await startCollector();
    const { port } = new URL(collector.baseUrl);
    setVariables({ HTTP_PROXY: `http://127.0.0.1:${proxy.port}` });
    const { processor, start } = startPipeline({ baseUrl: `http://spans.example:${port}`, gzip: false });
    start('span').end();
    await processor.forceFlush();
    expect(collector.spans()).toHaveLength(1);
    expect(proxy.asked[0]?.line).toBe(`POST http://spans.example:${port}/api/public/otel/v1/traces`);
  });

  it.each(['https', 'http'])(
    'to an %s server a user name without a password is sent to the proxy as well',
    async (scheme) => {
      const { port } = new URL((await startCollector()).baseUrl);
      const proxy = await startProxy('to@ken:');
      const url = `http://to%40ken@127.0.0.1:${proxy.port}`;
      setVariables({ HTTPS_PROXY: url, HTTP_PROXY: url });
      const { processor, start } = startPipeline({ baseUrl: `${scheme}://spans.example:${port}` });
      start('span').end();
      await processor.forceFlush({ timeoutMs: 500 });
      expect(proxy.asked[0]?.credentials).toBe(`Basic ${btoa('to@ken:')}`);
      await processor.shutdown({ timeoutMs: 1 });
    },
  );

  it('keys are not sent to a plain http server, because they would cross the network unencrypted', async () => {
    const proxy = await startProxy();
    setVariables({ HTTP_PROXY: `http://127.0.0.1:${proxy.port}` });
    const { processor, start } = startPipeline({ baseUrl: 'http://spans.example', ...keys });
    start('span').end();
    await processor.forceFlush();
    expect(proxy.asked).toEqual([]);
    expect(processor.stats().dropped.refused).toBe(1);
  });

  it('no request goes to a server on this machine', async () => {
    const proxy = await startProxy();
    const collector = await startCollector();
    setVariables({ HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
    const { processor, start } = startPipeline({ baseUrl: collector.baseUrl, ...keys });
    start('span').end();
    await processor.forceFlush();
    expect(collector.spans()).toHaveLength(1);
    expect(proxy.asked).toEqual([]);
  });

  it('no request goes to a server in NO_PROXY', async () => {
    const proxy = await startProxy();
    const url = new URL('https://spans.example:1');
    const exceptions = 'other.example, .example:1';
    const transport = httpTransport({
      url,
      headers: {},
      proxy: { url: `http://127.0.0.1:${proxy.port}`, exceptions },
      wallNow: () => 0,
    });
    onTestFinished(() => transport.close());
    const result = await transport.send(Buffer.from('x'), new AbortController().signal);
    expect(result.status).toBe('retryable');
    expect(proxy.asked).toEqual([]);
  });

  it.each([
    ['that wants other credentials', 'somebody:else'],
    ['that is not there', undefined],
  ])('%s spans are kept, and no password is logged', async (_name, credentials) => {
    const proxy = await startProxy(credentials);
    const port = credentials === undefined ? 1 : proxy.port;
    setVariables({ HTTPS_PROXY: `http://user:hunter22@127.0.0.1:${port}` });
    const lines: string[] = [];
    const { processor, start } = startPipeline({
      baseUrl: 'https://spans.example',
      ...keys,
      log: (line) => lines.push(line),
    });
    start('span').end();
    await processor.forceFlush({ timeoutMs: 500 });
    expect(processor.stats().pending).toBe(1);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(credentials === undefined ? /ECONNREFUSED/ : /proxy.*407/i);
    expect(lines[0]).not.toMatch(/hunter22|sk-1/);
    await processor.shutdown({ timeoutMs: 1 });
  });
});
