import { createTraceState } from '@opentelemetry/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rateLimitedLog } from '../report/log.js';
import { startCollector } from '../testing/collector.js';
import { CREDENTIALS, fragmentsOf, HARMLESS } from '../testing/credentials.js';
import { FakeClock } from '../testing/fake-clock.js';
import { startPipeline } from '../testing/pipeline.js';
import { stepCounter } from '../testing/regexp-steps.js';
import { PATTERNS } from './credential-patterns.js';
import { createSearch } from './credential-search.js';
import { createMask, redactText } from './masking.js';

/** How a text comes along inside of others. */
const WRAPPINGS: readonly (readonly [name: string, wrap: (text: string) => string])[] = [
  ['as it is', (text) => text],
  ['in JSON, after a line feed', (text) => JSON.stringify({ role: 'user', content: `look:\n${text}\n` })],
  ['in JSON in JSON', (text) => JSON.stringify({ body: JSON.stringify({ content: `\t${text}` }) })],
  ['in markdown', (text) => `> quoted\n\n\`\`\`\n${text}\n\`\`\`\n`],
  ['after a long text', (text) => `${'word '.repeat(2_000)}\n${text}`],
];

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('a credential is replaced, and the text around it stays', () => {
  describe.each(WRAPPINGS)('%s', (_wrapping, wrap) => {
    it.each(CREDENTIALS)('$name', (credential) => {
      const wrapped = wrap(credential.text);
      const redacted = redactText(wrapped);
      for (const fragment of fragmentsOf(credential)) expect(redacted).not.toContain(fragment);
      expect(redacted).toContain('[redacted]');
      if (isJson(wrapped)) expect(isJson(redacted)).toBe(true);
      const [before = ''] = wrap('|').split('|');
      expect(redacted.startsWith(before)).toBe(true);
    });
  });
});

describe('text without a credential stays as it is', () => {
  it.each(HARMLESS)('%s', (text) => {
    for (const [, wrap] of WRAPPINGS) expect(redactText(wrap(text))).toBe(wrap(text));
  });

  it('with any numbers, ids, hashes and words', { timeout: 120_000 }, () => {
    const word = fc.oneof(
      fc.uuid(),
      fc.integer().map(String),
      fc.stringMatching(/^[a-z]{1,12}$/),
      fc.stringMatching(/^[0-9a-f]{40}$/),
      fc.webUrl(),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), (words) => {
        const text = words.join(' ');
        expect(redactText(text)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });
});

it('the clues of each pattern match wherever the pattern does', () => {
  for (const pattern of PATTERNS) {
    const mayHold = createSearch([pattern]);
    for (const [, wrap] of WRAPPINGS) {
      for (const { text } of CREDENTIALS) {
        if (wrap(text).search(pattern.expression) !== -1)
          expect(mayHold(wrap(text)), `${pattern.expression} in ${text}`).toBe(true);
      }
    }
  }
});

it('JSON stays valid JSON after any replacement', { timeout: 120_000 }, () => {
  const text = fc.oneof(fc.constantFrom(...CREDENTIALS.map((credential) => credential.text)), fc.string());
  const key = fc.oneof(fc.constantFrom('password', 'apiKey', 'set-cookie', 'Authorization', 'note'), fc.string());
  const value = fc.letrec((tie) => ({
    any: fc.oneof({ maxDepth: 4 }, text, fc.integer(), fc.array(tie('any')), fc.dictionary(key, tie('any'))),
  })).any;
  fc.assert(
    fc.property(value, (document) => {
      const once = JSON.stringify({ document });
      expect(isJson(redactText(once))).toBe(true);
      const twice = JSON.stringify({ body: once });
      const { body } = JSON.parse(redactText(twice));
      expect(isJson(body)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

describe('a value that is not a string', () => {
  const redact = createMask({});
  const secret = CREDENTIALS[0]?.secret ?? '';

  it.each([
    ['a list', [secret, [secret]]],
    ['an object', { a: { b: [secret] } }],
    ['bytes', Buffer.from(`xx ${secret}`)],
    ['an object under the name of a credential', { nested: { userPassword: secret.slice(3) } }],
  ])('%s is searched too', (_name, value) => {
    const masked = redact?.('key', value);
    const text = masked instanceof Uint8Array ? Buffer.from(masked).toString('latin1') : JSON.stringify(masked);
    expect(text).not.toContain(secret.slice(3));
    expect(text).toContain('[redacted]');
  });

  it('does not block the program, even if it contains itself many times', () => {
    const knot: Record<string, unknown> = { secret };
    for (let index = 0; index < 20; index += 1) knot[`again ${index}`] = knot;
    expect(redact?.('key', knot)).toBe('[masked: the mask failed]');
  });

  it('is replaced completely under a key that names a credential', () => {
    expect(redact?.('db.password', 1234)).toBe('[redacted]');
    expect(redact?.('clientSecret', { a: 1 })).toBe('[redacted]');
    for (const key of ['Client Secret', 'db.Api Key', 'aPi kEy']) expect(redact?.(key, 'x')).toBe('[redacted]');
    expect(redact?.('http.request.header.set_cookie', ['a=1', 'b=2'])).toEqual(['[redacted]', '[redacted]']);
    expect(redact?.('session.id', 'a-session')).toBe('a-session');
    expect(redact?.('gen_ai.usage.total_tokens', 7)).toBe(7);
  });
});

describe('a text made to slow down the search', () => {
  const PIECES = [
    ...['sk-', 'sk-a', 'xoxb-', 'glpat-a.', 'sk_live_', 'ghp_', 'github_pat_', 'SG.', 'SG.aaaaaaaaaaaaaaaa.', 'ya29.'],
    ...['AKIA', 'AIza', 'SK0', 'eyJ', 'eyJ-', 'eyJ_', 'eyJaaaaaaaa.', 'eyJaaaaaaaa.eyJ', '.eyJ', '\\neyJ'],
    ...[
      'Bearer ',
      'Basic ',
      'bearer a',
      'a://',
      '://a:',
      '://:',
      'a.b+c-',
      '://a@:',
      '-----BEGIN PRIVATE KEY-----',
      '-----',
    ],
    ...[
      '?key=',
      '&sig=',
      '?a=?b=',
      'password=',
      '"password":"',
      '"password":"\\"',
      '\\"password\\":\\"',
      '"cookie":["',
      '"pwd":1',
    ],
    ...[
      'cookie: a=',
      'cookie:a',
      ';Password=',
      'A_TOKEN=',
      "password='",
      'password="',
      'password:`\\',
      'secret=a.',
      'api_key: 1',
    ],
    ...[
      '"cookies":{"',
      '"cookies":[{"',
      '\\"cookies\\":{\\"a',
      '"token":"a1',
      '"pass":"',
      'api key ',
      ' -u a:',
      '<password>',
    ],
    ...['"name":"password","a":1,', '"value":"a","b":1,', '"v":"', '"value":"', '"k":"key","a":"b",'],
    ...['"cookies":{"a":"', '{\\"v\\":\\"', '{\\"password\\":\\"'],
    ...[
      'password is ',
      'Password for a ',
      'password is "a',
      'password is a1',
      'with password a',
      'token "a1',
      'token is a',
    ],
    ...[
      'OTP: 1',
      'security code ',
      'signature=a1',
      ',response="',
      ' for a',
      '"name":"token","content":"a',
      '"text":"a1"',
    ],
    ...[
      '{"content":"a1b2c3","a":1,',
      '\n',
      '\t',
      '0',
      '+',
      '{',
      '[',
      '<',
      ',',
      ';',
      '&',
      '%',
      '@',
      '`',
      'é',
      'A',
      '_a',
      '{"',
    ],
    ...[
      'PASSWORD IS ',
      'password ',
      'passphrase: "a b',
      'passphrase: abc def ',
      'phrase is ',
      'phrase is abc ',
      'pw: a1',
      'api key: ',
    ],
    ...[
      '"key":"password","value":{"s":',
      '"value":{"s":"',
      '"cookie":{"l":[{"s":"a"},',
      '{"s":"a"},',
      '"label":"a b c password",',
    ],
    ...['password: string = ', 'password: a<', 'password: a|', 'password string = "', 'password[1] = ', 'pw: &a '],
    ...['password := ', 'password ||= \\n', 'password = String(', 'password: |\\n a', 'password: |\n  aaaa', 'pass: '],
    ...[
      'name: password\n value: ',
      'default = ',
      'variable "password" {',
      'value=',
      '<password value="',
      'name="password">',
    ],
    ...['define("password",', 'export password=a-', '\npassword = a', 'string = ', 'string|', '[]', 'token: a = '],
    ...["IDENTIFIED BY '", 'TOKEN IS a1', 'api Key='],
    ...['--password ', '--', '--a-', '\\', '"', '\\"', "'", ' ', 'a', '=', ':', '-', '_', '.', '/', 'word:', 'key="'],
  ];

  /** Every expression that a text is matched with: by the clues of the search, and to replace what it finds. */
  const expressions = [
    ...new Set(
      PATTERNS.flatMap(({ expression, clues }) => [expression, ...clues.flatMap(({ around }) => around ?? [])]),
    ),
  ];
  /** Twice the length takes twice the steps, and some more where a bounded look back does not reach the beginning of the text. */
  const MOST = 2.6;

  it('takes steps in proportion to its length', { timeout: 120_000 }, () => {
    const slow: unknown[] = [];
    for (const expression of expressions) {
      const count = stepCounter(expression);
      const grows = (text: (length: number) => string, length: number) =>
        count(text(2 * length)).steps / count(text(length)).steps;
      for (const piece of PIECES) {
        const repeated = (length: number) => `"${piece.repeat(Math.ceil(length / piece.length))}!`;
        const growth = ['', '",!', '\\",!'].map((end) => grows((length) => piece + '\\'.repeat(length) + end, 150));
        if (Math.max(grows(repeated, 600), ...growth) > MOST) slow.push([piece, expression.source]);
      }
    }
    expect(slow).toEqual([]);
  });

  it('is matched by the counter of the steps as by the runtime', () => {
    for (const { expression } of PATTERNS) {
      const count = stepCounter(expression);
      for (const { text } of CREDENTIALS) {
        for (const whole of [text, JSON.stringify(text)]) {
          const matches = [...whole.matchAll(expression)].map((match) => [match.index, match.index + match[0].length]);
          expect(count(whole).matches, `${expression} in ${whole}`).toEqual(matches);
        }
      }
    }
  });

  it.each([
    ['reads on from each beginning', /a[a-z]*!/g],
    ['looks back from each end', /a(?<=![a-z]*)/g],
    ['looks ahead without a bound', /a(?=\w*!)/g],
  ])('would show an expression that %s', (_how, expression) => {
    const count = stepCounter(expression);
    expect(count('a'.repeat(1_200)).steps / count('a'.repeat(600)).steps).toBeGreaterThan(MOST);
  });

  it('would show an expression that reads a character in two ways', () => {
    const count = stepCounter(/(?:\\\\|\\)*"/g);
    expect(count('\\'.repeat(24)).steps / count('\\'.repeat(12)).steps).toBeGreaterThan(MOST);
  });
});

describe('the log', () => {
  it('contains no credential, whatever a message quotes', () => {
    const lines: string[] = [];
    const log = rateLimitedLog((line) => lines.push(line), new FakeClock());
    for (const credential of CREDENTIALS) {
      log.last(`the server says: ${'x'.repeat(900)} ${credential.text}`);
      for (const fragment of fragmentsOf(credential)) expect(lines.at(-1)).not.toContain(fragment.slice(0, 12));
    }
    expect(lines).toHaveLength(CREDENTIALS.length);
  });
});

describe('a mask that fails', () => {
  const raw = 'what nobody may read';
  const masks: readonly (readonly [name: string, mask: () => unknown])[] = [
    [
      'throws',
      () => {
        throw new Error(raw);
      },
    ],
    ['answers with a promise', async () => raw],
    ['answers with a promise that fails', () => Promise.reject(new Error(raw))],
    ['answers with nothing', () => undefined],
    ['answers with a symbol', () => Symbol(raw.slice(0, 4))],
    ['answers with a function', () => () => raw],
    ['answers with an object that cannot be read', () => Proxy.revocable({}, {}).proxy],
    [
      'answers with an object that throws',
      () =>
        Object.defineProperty({}, 'then', {
          get: () => {
            throw new Error(raw);
          },
        }),
    ],
    ['answers with no text for a text', () => ({ toString: 1 })],
  ];

  it.each(masks)('because it %s lets nothing of a span through', async (_name, mask) => {
    const collector = await startCollector();
    const lines: string[] = [];
    const { processor, provider } = startPipeline({
      baseUrl: collector.baseUrl,
      mask,
      log: (line) => lines.push(line),
    });
    const tracer = provider.getTracer(raw, raw, { schemaUrl: raw });
    const span = tracer.startSpan(raw, { attributes: { note: raw, list: [raw], 'session.id': raw } });
    span.addEvent(raw, { note: raw });
    span.recordException(new Error(raw));
    span.addLink({ context: { ...span.spanContext(), traceState: createTraceState(`v=${raw}`) }, attributes: { raw } });
    span.setStatus({ code: 2, message: raw });
    span.end();
    await processor.forceFlush();
    const { delivered, dropped } = processor.stats();
    expect(delivered + dropped.encode_failed).toBe(1);
    for (const { body } of collector.requests) expect(body.includes(raw)).toBe(false);
    for (const line of lines) expect(line).not.toContain(raw);
  });
});
