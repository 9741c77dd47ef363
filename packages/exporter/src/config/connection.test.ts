import { describe, expect, it } from 'vitest';
import { type ConnectionOptions, readConnection } from './connection.js';

const keys = { publicKey: 'pk-1', secretKey: 'sk-1' };
const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';

describe('a connection', () => {
  it.each([
    ['https', 'https://spans.example', true],
    ['http on this machine', 'http://127.1.2.3:4318', true],
    ['http on this machine by name', 'http://localhost:4318', true],
    ['http on this machine by a name below localhost', 'http://spans.localhost', true],
    ['http on this machine over IPv6', 'http://[::1]:4318', true],
    ['http', 'http://spans.example', false],
    ['http in a private network', 'http://10.0.0.5:4318', false],
    ['http to all addresses', 'http://0.0.0.0:4318', false],
    ['http to a name that only looks like this machine', 'http://localhost.evil.example', false],
    ['http to a name that begins like a loopback address', 'http://127.0.0.1.evil.example', false],
  ])('over %s with keys: %s, allowed is %s', (_name, baseUrl, isAllowed) => {
    expect('problem' in readConnection({ baseUrl, ...keys }, {})).toBe(!isAllowed);
  });

  it.each(['Authorization', 'cookie', 'x-api-key', 'X-Auth-Token', 'client-secret'])(
    'over http to another host has no header %s either',
    (name) => {
      const options = { baseUrl: 'http://spans.example', additionalHeaders: { [name]: 'hunter2' } };
      const connection = readConnection(options, {});
      expect(connection).toHaveProperty('problem', expect.stringContaining('sent unencrypted'));
      expect(JSON.stringify(connection)).not.toContain('hunter2');
      expect(readConnection({ ...options, baseUrl: 'https://spans.example' }, {})).not.toHaveProperty('problem');
    },
  );

  it('over http to another host is allowed without keys', () => {
    const connection = readConnection({ baseUrl: 'http://spans.example', additionalHeaders: { 'x-team': 'a' } }, {});
    expect(connection).toMatchObject({ headers: { 'x-team': 'a' }, isLoopback: false });
  });

  it('to this machine uses no proxy', () => {
    const variables = { HTTP_PROXY: 'http://proxy:1', HTTPS_PROXY: 'http://proxy:1' };
    expect(readConnection({ baseUrl: 'http://localhost:1' }, variables)).toMatchObject({ proxy: undefined });
    expect(readConnection({ baseUrl: 'https://spans.example' }, variables)).toMatchObject({
      proxy: { url: 'http://proxy:1', exceptions: '' },
    });
  });
});

it.each<[string, ConnectionOptions, RegExp]>([
  ['keys in the URL', { baseUrl: 'https://pk:hunter2@spans.example' }, /publicKey and secretKey/],
  ['an invalid URL', { baseUrl: 'htps://pk:hunter2@spans.example' }, /not an http or https URL/],
  ['a header of ours', { additionalHeaders: { 'Content-Length': '5' } }, /cannot set Content-Length/],
  ['an invalid header name', { additionalHeaders: { 'x y': '5' } }, /name that HTTP does not allow: "x y"/],
  ['a value in two lines', { additionalHeaders: { 'x-a': 'hunter2\r\nx-b: 1' } }, /value for x-a/],
  ['a value in Cyrillic', { additionalHeaders: { 'x-a': 'привет' } }, /value for x-a/],
  ['a path to a certificate', { ca: '/etc/ca.pem' }, /not its path/],
])('%s is reported at once, with the fix and without a secret', (_name, options, expected) => {
  const connection = readConnection(options, {});
  expect(connection).toHaveProperty('problem', expect.stringMatching(expected));
  expect(JSON.stringify(connection)).not.toContain('hunter2');
});

describe('a key with white space around it, as read from a file,', () => {
  const connectionWith = (keys: ConnectionOptions) => readConnection({ baseUrl: 'https://spans.example', ...keys }, {});

  it.each([
    [{ publicKey: 'pk-1', secretKey: 'hunter2\n' }, 'secretKey (POWERRAG_SECRET_KEY)'],
    [{ publicKey: ' pk-1', secretKey: 'hunter2' }, 'publicKey (POWERRAG_PUBLIC_KEY)'],
    [
      { publicKey: 'pk-1\r\n', secretKey: 'hunter2\r\n' },
      'publicKey (POWERRAG_PUBLIC_KEY) and secretKey (POWERRAG_SECRET_KEY)',
    ],
  ])('is sent unchanged, and reported without its value: %j', (keys, expected) => {
    const connection = connectionWith(keys);
    expect(connection).toMatchObject({
      headers: { authorization: `Basic ${btoa(`${keys.publicKey}:${keys.secretKey}`)}` },
      spacedKeys: expected,
    });
  });

  it('is reported, and a key without is not', () => {
    expect(connectionWith(keys)).toHaveProperty('spacedKeys', undefined);
    expect(connectionWith({})).toHaveProperty('spacedKeys', undefined);
  });
});

describe('headers', () => {
  it('of the application override the keys in any spelling, and none is sent twice', () => {
    const additionalHeaders = { Authorization: 'Bearer of-the-gateway', 'X-Team': 'a', 'x-team': 'b' };
    const connection = readConnection({ baseUrl: 'https://spans.example', additionalHeaders, ...keys }, {});
    expect(connection).toHaveProperty('headers', { authorization: 'Bearer of-the-gateway', 'x-team': 'b' });
  });
});

describe('an option that is an empty string', () => {
  it('counts as not set, like an empty variable', () => {
    const options = { baseUrl: '', publicKey: '', secretKey: '', ca: '' };
    const connection = readConnection(options, {});
    expect(connection).toMatchObject({ headers: {}, ca: undefined, isLoopback: true });
    const variables = {
      POWERRAG_BASE_URL: 'https://spans.example',
      POWERRAG_PUBLIC_KEY: 'a',
      POWERRAG_SECRET_KEY: 'b',
    };
    expect(readConnection(options, variables)).toMatchObject({
      url: new URL('https://spans.example/api/public/otel/v1/traces'),
      headers: { authorization: `Basic ${btoa('a:b')}` },
    });
  });
});

it('a PEM certificate is accepted', () => {
  expect(readConnection({ baseUrl: 'https://spans.example', ca: pem }, {})).toMatchObject({ ca: pem });
});
