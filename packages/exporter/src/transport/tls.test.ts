import { createServer as createTcpServer } from 'node:net';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Certificate, createAuthority, createCertificate } from '../testing/certificates.js';
import { portOf, startCollector } from '../testing/collector.js';
import { startPipeline } from '../testing/pipeline.js';

let authority: Certificate;
let certificate: Certificate;

beforeAll(async () => {
  authority = await createAuthority();
  certificate = await createCertificate({ ca: authority });
});

const keys = { publicKey: 'pk-of-the-test', secretKey: 'sk-of-the-test' };

/** Sends one span. Returns the log lines and what became of the span. */
async function send(baseUrl: string, options: { readonly ca?: string } = {}, timeoutMs = 500) {
  const lines: string[] = [];
  const log = (line: string): unknown => lines.push(line);
  const { processor, start } = startPipeline({ baseUrl, ...keys, ...options, log });
  start('span').end();
  await processor.forceFlush({ timeoutMs });
  const { delivered, pending } = processor.stats();
  const said = [...lines];
  await processor.shutdown({ timeoutMs: 1 });
  return { lines: said, delivered, pending };
}

describe('over TLS (E35)', () => {
  it('spans and keys go to a server whose certificate is signed by the authority of the option `ca`', async () => {
    const collector = await startCollector(undefined, certificate);
    expect(await send(collector.baseUrl, { ca: authority.cert }, 30_000)).toEqual({
      lines: [],
      delivered: 1,
      pending: 0,
    });
    expect(collector.requests[0]?.headers.authorization).toMatch(/^Basic /);
  });

  it('NODE_TLS_REJECT_UNAUTHORIZED=0 changes nothing for the exporter', async () => {
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    onTestFinished(() => {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    });
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    const collector = await startCollector(undefined, certificate);
    expect(await send(collector.baseUrl)).toMatchObject({ delivered: 0, pending: 1 });
    expect(collector.requests).toHaveLength(0);
  });

  it.each([
    ['signed by an unknown authority', () => certificate, false, /NODE_EXTRA_CA_CERTS.*option `ca`/],
    ['signed by itself', () => createCertificate({}), false, /NODE_EXTRA_CA_CERTS.*option `ca`/],
    [
      'expired',
      () => createCertificate({ ca: authority, notAfter: new Date('2020-01-01') }),
      true,
      /has expired.*Renew it/,
    ],
    [
      'not valid yet',
      () => createCertificate({ ca: authority, notAfter: new Date('2199-01-01') }),
      true,
      /not valid yet.*clocks/,
    ],
    [
      'that of another host',
      () => createCertificate({ ca: authority, host: 'other.example' }),
      true,
      /another host.*baseUrl/,
    ],
  ])(
    'a certificate that is %s is refused: one line says what to do, spans are kept, no request is made',
    async (_name, make, isKnown, expected) => {
      const collector = await startCollector(undefined, await make());
      const { lines, delivered, pending } = await send(collector.baseUrl, isKnown ? { ca: authority.cert } : {});
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(expected);
      expect(lines[0]).toContain(collector.baseUrl);
      expect({ delivered, pending }).toEqual({ delivered: 0, pending: 1 });
      expect(collector.requests).toHaveLength(0);
    },
  );

  it('a server without TLS is distinguished from one with a bad certificate', async () => {
    const collector = await startCollector();
    const { lines } = await send(collector.baseUrl.replace('http:', 'https:'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/does not use TLS.*http:/);
  });

  it('a TLS server that is called over plain http is recognised because it closes the connection', async () => {
    const collector = await startCollector(undefined, certificate);
    const { lines } = await send(collector.baseUrl.replace('https:', 'http:'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/closed.*uses TLS.*https:/);
  });

  it('a `ca` that is a path is reported, because it would trust no authority', async () => {
    const { lines } = await send('https://localhost:1', { ca: '/etc/ssl/ca.pem' });
    expect(lines[0]).toMatch(/ca is not a PEM certificate.*not its path/);
  });
});

it('no byte of a key reaches a server that is not on this machine over plain HTTP (E35)', async () => {
  const received: Buffer[] = [];
  const server = createTcpServer((socket) => socket.on('data', (chunk) => received.push(chunk)));
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  onTestFinished(() => {
    server.close();
  });
  // An address that reaches this server here, and is not one of those that never leave a machine.
  const { lines } = await send(`http://0.0.0.0:${portOf(server.address())}`);
  expect(lines[0]).toMatch(/sent unencrypted.*Use https/);
  expect(Buffer.concat(received).length).toBe(0);
});
