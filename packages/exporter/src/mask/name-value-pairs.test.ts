import { describe, expect, it } from 'vitest';
import { createMask, redactText } from './masking.js';

const mask = createMask({});
const SESSION = 'connect.sid=s%3AkD93kd0skdDKD93kdk.Zx8';
const rawHeaders = [
  'Host',
  'localhost:3000',
  'Cookie',
  SESSION,
  'x-api-key',
  'my-key-1234567890',
  'x-auth-token',
  '7f3a99b2',
];
const kept = [
  'Host',
  'localhost:3000',
  'Cookie',
  '[redacted]',
  'x-api-key',
  '[redacted]',
  'x-auth-token',
  '[redacted]',
];

const texts: readonly (readonly [string, (value: unknown) => string, (text: string) => unknown])[] = [
  ['JSON', (value) => JSON.stringify(value), (text) => JSON.parse(text)],
  ['indented JSON', (value) => JSON.stringify({ a: { b: value } }, null, 4), (text) => JSON.parse(text).a.b],
  ['JSON in JSON', (value) => JSON.stringify(JSON.stringify(value)), (text) => JSON.parse(JSON.parse(text))],
];

describe.each(texts)('in %s, a credential is redacted', (_name, write, read) => {
  it.each([
    ['in a list of names and values by turns', rawHeaders, kept],
    [
      'in a list of pairs',
      [
        ['password', 'hunter'],
        ['name', 'Ann'],
      ],
      [
        ['password', '[redacted]'],
        ['name', 'Ann'],
      ],
    ],
    ['with its name beside it', [{ name: 'cookie', value: SESSION }], [{ name: 'cookie', value: '[redacted]' }]],
    ['with its key beside it', [{ key: 'API_KEY', value: 'hunter' }], [{ key: 'API_KEY', value: '[redacted]' }]],
    ['with its name after it', [{ value: 'hun"ter', name: 'password' }], [{ value: '[redacted]', name: 'password' }]],
    [
      'with other fields between',
      [{ name: 'password', type: 'text', required: true, value: 'hunter' }],
      [{ name: 'password', type: 'text', required: true, value: '[redacted]' }],
    ],
    [
      'with other fields between, its name after it',
      [{ value: 'hunter', enabled: true, key: 'api_key' }],
      [{ value: '[redacted]', enabled: true, key: 'api_key' }],
    ],
    [
      'with its variable beside it',
      [{ variable: 'DB_PASSWORD', value: 'h' }],
      [{ variable: 'DB_PASSWORD', value: '[redacted]' }],
    ],
    ['under short names', [{ k: 'password', v: 'hunter' }], [{ k: 'password', v: '[redacted]' }]],
    [
      'under longer names of the fields',
      [{ headerName: 'x-api-key', headerValue: 'hunter' }],
      [{ headerName: 'x-api-key', headerValue: '[redacted]' }],
    ],
    ['as a number', [{ name: 'otp', value: 482913 }], [{ name: 'otp', value: '[redacted]' }]],
    [
      'as content that looks random',
      [
        { name: 'apiKey', content: 'my-key-12' },
        { content: 'my-key-12', setting: 'apiKey' },
      ],
      [
        { name: 'apiKey', content: '[redacted]' },
        { content: '[redacted]', setting: 'apiKey' },
      ],
    ],
    [
      'under a name that may be that of a word',
      [
        { key: 'token', value: 'a1b2c3d4' },
        { key: 'token', value: 'Paris' },
      ],
      [
        { key: 'token', value: '[redacted]' },
        { key: 'token', value: 'Paris' },
      ],
    ],
    [
      'with a name of several words',
      [{ label: 'Enter your password', value: 'hunter' }],
      [{ label: 'Enter your password', value: '[redacted]' }],
    ],
    [
      'as an attribute of OpenTelemetry',
      {
        kvlistValue: {
          values: [
            { key: 'user', value: { stringValue: 'ada' } },
            { key: 'password', value: { stringValue: 'hunter' } },
            { key: 'otp', value: { intValue: '482913' } },
          ],
        },
      },
      {
        kvlistValue: {
          values: [
            { key: 'user', value: { stringValue: 'ada' } },
            { key: 'password', value: { stringValue: '[redacted]' } },
            { key: 'otp', value: { intValue: '[redacted]' } },
          ],
        },
      },
    ],
    [
      'as a list in OpenTelemetry',
      [{ key: 'cookie', value: { arrayValue: { values: [{ stringValue: 'a=1' }, { stringValue: 'b=2' }] } } }],
      [{ key: 'cookie', value: { arrayValue: { values: [{ stringValue: '[redacted]' }] } } }],
    ],
    ['in a list under its name', { 'set-cookie': ['a=1', 'b=2'] }, { 'set-cookie': ['[redacted]'] }],
  ])('%s', (_where, value, expected) => {
    expect(read(redactText(write(value)))).toEqual(expected);
  });

  it.each([
    ['names of fields', { required: ['api_key', 'query'], fields: ['user', 'password', 'email'] }],
    ['pairs without a credential', [['cookie_policy', 'strict'], { name: 'city', value: 'Paris 7' }]],
    ['the message of a tool', { role: 'tool', name: 'reset_password', content: 'Sent 1 e-mail.' }],
    ['sentences', ['Tell me the secret', 'It is 42 years old']],
  ])('but not %s', (_where, value) => {
    expect(read(redactText(write(value)))).toEqual(value);
  });
});

it('in an attribute that is a list, a value after the name of a credential is redacted', () => {
  expect(mask?.('http.raw_headers', rawHeaders)).toEqual(kept);
});

it('in an attribute that holds objects, the value beside the name of a credential is redacted', () => {
  const headers = [
    { name: 'x-api-key', value: 'abc' },
    { name: 'city', value: 'Paris' },
    { setting: 'apiKey', content: 'my-key-12' },
    { key: 'token', val: 'a1b2c3d4' },
    { key: 'reset_password', content: 'Sent 1 e-mail.' },
    { key: 'Client Secret', value: { stringValue: 'abc' } },
  ];
  expect(mask?.('headers', headers)).toEqual([
    { name: 'x-api-key', value: '[redacted]' },
    { name: 'city', value: 'Paris' },
    { setting: 'apiKey', content: '[redacted]' },
    { key: 'token', val: '[redacted]' },
    { key: 'reset_password', content: 'Sent 1 e-mail.' },
    { key: 'Client Secret', value: '[redacted]' },
  ]);
});

it('long texts that look like pairs take no longer than their length asks for', () => {
  const text = `{"value":"${'x'.repeat(100)}","other":"${'["cookie","'.repeat(20_000)}`;
  expect(redactText(text).length).toBeGreaterThan(0);
});
