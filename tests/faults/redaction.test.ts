import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Answer, startCollector } from '../../packages/exporter/src/testing/collector.js';
import { CREDENTIALS, type Credential, fragmentsOf } from '../../packages/exporter/src/testing/credentials.js';
import { startChild } from '../support/child-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const PROGRAM = join(import.meta.dirname, 'programs/tell-secrets.mjs');

/** Only replaced if the application's mask does so, as in this program. */
const PERSONAL_DATA: readonly Credential[] = [
  personal('an e-mail address', ['erika.mustermann', 'example.com'].join('@')),
  personal('a credit card number', ['4111', '1111', '1111', '1111'].join(' ')),
  personal('a credit card number without spaces', ['5500', '0000', '0000', '0004'].join('')),
];
const SECRETS = [...CREDENTIALS, ...PERSONAL_DATA];

function personal(name: string, secret: string): Credential {
  return { name, text: `it is ${secret}, they said`, secret };
}

function textOf({ text }: Credential): string {
  return text;
}

/** The names of the secrets that can be read there. */
function readableIn(bytes: Buffer): string[] {
  return SECRETS.filter((secret) => fragmentsOf(secret).some((fragment) => bytes.includes(fragment))).map(
    ({ name }) => name,
  );
}

interface Run {
  /** Bodies of all requests, inflated. */
  readonly wire: Buffer;
  readonly spans: number;
  /** What is in the files of the spool directory. */
  readonly disk: Buffer;
  readonly log: string;
}

async function tellSecrets(end: 'shutdown' | 'exit', answer: Answer, baseUrl?: string): Promise<Run> {
  const collector = await startCollector(answer);
  const folder = temporaryFolder();
  const spool = join(folder, 'spool');
  const texts = join(folder, 'texts.json');
  writeFileSync(texts, JSON.stringify({ credentials: CREDENTIALS.map(textOf), personal: PERSONAL_DATA.map(textOf) }));
  const env = { POWERRAG_BASE_URL: baseUrl ?? collector.baseUrl, POWERRAG_SPOOL_DIRECTORY: spool };
  const program = startChild(process.execPath, [PROGRAM, texts, end], { env });
  expect({ ...(await program.ended), stderr: program.stderr() }).toMatchObject({ code: 0 });
  const files = readdirSync(spool, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return {
    wire: Buffer.concat(collector.requests.map(({ body }) => body)),
    spans: collector.spans().length,
    disk: Buffer.concat(files.map(({ name, parentPath }) => readFileSync(join(parentPath, name)))),
    log: program.stderr(),
  };
}

/** A partial success that quotes what it was sent; it fits into the longest line of the log. */
const quoting: Answer = (_request, response) => {
  const errorMessage = SECRETS.slice(0, 8)
    .map(({ text }) => text)
    .join('\n');
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ partialSuccess: { rejectedSpans: '1', errorMessage } }));
};

describe('no secret can be read (E45)', () => {
  it('on the wire, in any place of a span, and in the log, even if the server quotes it', async () => {
    const { wire, spans, log } = await tellSecrets('shutdown', quoting);
    expect(spans).toBe(SECRETS.length * 5);
    expect(wire.includes('[redacted]')).toBe(true);
    expect(wire.includes('[e-mail]')).toBe(true);
    expect(log).toContain('the server rejected 1 span:');
    expect({ wire: readableIn(wire), log: readableIn(Buffer.from(log)) }).toEqual({ wire: [], log: [] });
  });

  it('on disk, when the process ends before the server has answered', async () => {
    const { disk, log } = await tellSecrets('exit', () => {});
    expect(disk.includes('[redacted]')).toBe(true);
    expect(log).toContain('cannot filter');
    expect({ disk: readableIn(disk), log: readableIn(Buffer.from(log)) }).toEqual({ disk: [], log: [] });
  });

  it.each([
    'postgres://app:73hunter22@db.example.com',
    'app:73hunter22@db.example.com',
    'ftp://73hunter22@example.com',
  ])('in the log, when the URL of the server is not valid: %s', async (baseUrl) => {
    const { wire, log } = await tellSecrets('shutdown', () => {}, baseUrl);
    expect(wire).toHaveLength(0);
    expect(log).toContain('baseUrl');
    expect(log).not.toContain('hunter22');
  });
});
