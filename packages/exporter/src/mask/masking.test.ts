import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startCollector } from '../testing/collector.js';
import { startPipeline } from '../testing/pipeline.js';
import { createMask, redactText, replaceCredentials } from './masking.js';

describe('credentials', () => {
  it.each([
    ['an OpenAI key', `sk-proj-${'a1B2'.repeat(8)}`],
    ['a Stripe key', `sk_live_${'a1B2'.repeat(6)}`],
    ['an AWS key id', 'AKIAIOSFODNN7EXAMPLE'],
    ['a Google key', `AIza${'x'.repeat(35)}`],
    ['a GitHub token', `ghp_${'x1'.repeat(18)}`],
    ['a Slack token', 'xoxb-1234567890-abcdef'],
    ['a JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcDEF123_-'],
    ['a bearer token', 'Bearer abcdefghijklmnop1234'],
    ['a bearer token in lower case', 'bearer abcdefghijklmnop1234'],
    ['basic authentication', 'basic abcdefghijklmnop1234'],
    ['a password in a URL', 'postgres://admin:hunter22@db.example.com/x'],
    ['a signed URL', 'https://x.example/file?token=abcdef123456&y=1'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----'],
  ])('%s is replaced', (_name, credential) => {
    const text = redactText(`before ${credential} after`);
    expect(text).toContain('[redacted]');
    expect(text).toMatch(/^before .* after$/s);
    for (const part of credential
      .split(/[\s:/.=&?@-]+/)
      .filter((word) => /[a-z].*\d.{8}|hunter22|MIIabc|AKIA/.test(word))) {
      expect(text).not.toContain(part);
    }
  });

  it.each([
    'a task-based skill',
    'https://example.com/a?page=2',
    'the bearer of news',
    'eyJust a word',
    'a@b.example',
    'desk-organisation-tips-and-tricks',
  ])('ordinary text stays as it is: %s', (text) => {
    expect(redactText(text)).toBe(text);
  });

  const pieces = [
    ...'sk- sk_live_ rk_test_ AKIA ASIA AIza ghp_ gho_ github_pat_ xoxb- hf_ eyJ .eyJ'.split(' '),
    ...[
      'Bearer ',
      'bearer ',
      'Basic ',
      'basic ',
      'ab://',
      'HTTPS://',
      ':',
      '@',
      '?key=',
      '&TOKEN=',
      '?page=',
      '=',
      '.',
    ],
    ...[
      '-----BEGIN RSA PRIVATE KEY-----',
      '-----END PRIVATE KEY-----',
      ' ',
      '"',
      '\n',
      '-',
      '_',
      '/',
      'é',
      '漢',
      '\ud83d',
    ],
    ...[
      'ABCDEFGH01234567',
      'abcdefghijklmnopqrstuvwxyz0123456789',
      'x1',
      'the word',
      '_'.repeat(40),
      'b@B?'.repeat(30),
    ],
  ];
  const text = fc
    .array(
      fc.oneof({ arbitrary: fc.constantFrom(...pieces), weight: 4 }, fc.string({ unit: 'binary', maxLength: 8 })),
      { maxLength: 24 },
    )
    .map((parts) => parts.join(''));

  it('are replaced in every text that the expressions would change, and in no other', () => {
    const seen = { changed: 0, unchanged: 0 };
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 300 }), (start, padding) => {
        const whole = `${start}${' a word'.repeat(padding)}${start}`;
        const expected = replaceCredentials(whole);
        seen[expected === whole ? 'unchanged' : 'changed'] += 1;
        expect(redactText(whole)).toBe(expected);
      }),
      { numRuns: 3_000 },
    );
    for (const first of pieces) {
      for (const second of pieces) expect(redactText(first + second)).toBe(replaceCredentials(first + second));
    }
    expect(seen.changed).toBeGreaterThan(100);
    expect(seen.unchanged).toBeGreaterThan(100);
  });

  it('are replaced in a text full of their beginnings', () => {
    for (const filler of ['-', '_', '.', 'A', 'K', 'J', 'B', 'b', '@', ':', '=', 'key=']) {
      const text = `${`${filler} `.repeat(5_000)}${`sk-${'a1B2'.repeat(8)}`} postgres://me:secret@host`;
      expect(redactText(text)).toBe(replaceCredentials(text));
      expect(redactText(text)).not.toMatch(/a1B2|secret/);
    }
  });

  it('are also replaced because of their attribute’s name', () => {
    const mask = createMask({});
    expect(mask?.('http.request.header.authorization', ['anything'])).toEqual(['[redacted]']);
    expect(mask?.('db.password', 'x')).toBe('[redacted]');
    expect(mask?.('gen_ai.usage.total_tokens', 7)).toBe(7);
  });

  it('are also replaced inside maps and arrays', () => {
    const value = {
      headers: { Authorization: 'anything', accept: 'text/plain' },
      urls: [{ first: 'https://x.example/?token=abcdef123456' }],
      password: { old: 'a', new: ['b'] },
      body: Uint8Array.of(1),
      size: 7,
      none: null,
    };
    expect(createMask({})?.('app.request', value)).toEqual({
      headers: { Authorization: '[redacted]', accept: 'text/plain' },
      urls: [{ first: 'https://x.example/?token=[redacted]' }],
      password: '[redacted]',
      body: Uint8Array.of(1),
      size: 7,
      none: null,
    });
    let deep: unknown = 'Bearer abcdefghijklmnop1234';
    for (let level = 0; level < 1_000; level++) deep = { inner: deep };
    expect(createMask({})?.('deep', deep)).toBeDefined();
  });
});

describe('a mask', () => {
  const secret = 'the secret word';
  const mask = ({ data }: { data: unknown }): unknown =>
    typeof data === 'string' ? data.replaceAll(secret, '***') : data;

  it('receives everything that is sent: names, attributes, events, exceptions, status, trace attributes', async () => {
    const collector = await startCollector();
    const { start, processor } = startPipeline({ baseUrl: collector.baseUrl, mask, environment: secret });
    const span = start(`name ${secret}`, undefined, { attribute: secret, 'langfuse.observation.metadata.key': secret });
    start('child', span).end();
    span.setAttribute('user.id', secret);
    span.addEvent(`event ${secret}`, { attribute: secret });
    span.recordException(new Error(secret));
    span.setStatus({ code: 2, message: secret });
    span.addLink({ context: span.spanContext(), attributes: { link: secret } });
    span.end();
    await processor.forceFlush();
    expect(collector.spans()).toHaveLength(2);
    for (const { body } of collector.requests) expect(body.includes(secret)).toBe(false);
    expect(collector.spans()[0]?.attributes['user.id']).toBe('***');
  });

  it('that throws or returns a promise lets nothing through', () => {
    const failing = createMask({
      mask: () => {
        throw new Error('no');
      },
    });
    expect(failing?.('key', secret)).toBe('[masked: the mask failed]');
    const late = createMask({ mask: async () => secret });
    expect(late?.('key', secret)).toBe('[masked: the mask failed]');
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error(secret);
      },
    ],
    ['answers with a promise', async () => 'masked'],
  ])('that %s is logged once, without the value', async (_how, failing) => {
    const collector = await startCollector();
    const lines: string[] = [];
    const { start, processor } = startPipeline({
      baseUrl: collector.baseUrl,
      mask: failing,
      log: (line) => lines.push(line),
    });
    for (const name of ['one', 'two']) start(name, undefined, { attribute: secret }).end();
    await processor.forceFlush();
    expect(lines).toEqual([expect.stringContaining('a value could not be masked')]);
    expect(lines[0]).not.toContain(secret);
  });
});
