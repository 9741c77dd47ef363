import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CREDENTIALS, HARMLESS } from '../testing/credentials.js';
import { PATTERNS } from './credential-patterns.js';
import { createSearch } from './credential-search.js';
import { redactText, replaceCredentials } from './masking.js';

const CREDENTIAL_NAMES = (
  'password passwd passphrase pwd secret authorization cookie sig signature key token access-token auth_token bearertoken ' +
  'id-token refreshToken security_token session-token api-key access_key accountKey encryption-key private_key secret-key ' +
  'otp passcode mfa_code verificationCode one-time-code response mac content data text value name ' +
  'shared-access-key shared_accessKey signing_key client_secret x-amz-signature x-goog-credential SharedAccessSignature pw mnemonic'
)
  .split(' ')
  .concat('api key', 'access token', 'private key', 'one time code', 'recovery phrase', 'seed_phrase');
const WORDS = ['x', 'db', 'old', 'my', 'set', 'max', 'o', 'n', ...CREDENTIAL_NAMES.slice(0, 11)];
const BEGINNINGS = (
  'sk- pplx- tvly- nvapi- xai- pypi- GOCSPX- xoxb- xoxz- xapp- glpat- glrt- rk_live_ sk_test_ whsec_ ghp_ gho_ hf_ npm_ gsk_ ' +
  'r8_ shpat_ dop_v1_ lin_api_ ntn_ sbp_ github_pat_ pcsk_ SG. ya29. hvs. hvb. AKIA ASIA AIza SK eyJ .eyJ :// a://b: --key= ' +
  'hooks.slack.com/services/ discord.com/api/webhooks/ discordapp.com/api/webhooks/ --password= --Auth-Token='
)
  .split(' ')
  .concat(
    'password is ',
    'PASSWORD IS ',
    'password ',
    'seed phrase is ',
    "IDENTIFIED BY '",
    'TOKEN IS ',
    'Passphrase for a is: ',
    'with password ',
    'token "',
    'Token is ',
    'invalid token ',
    'OTP: ',
    'one-time code is ',
  )
  .concat('api key ', 'API Key: ', 'API KEY ', ' -u me:', ' --user me:')
  .concat('Bearer ', 'bEARer ', 'basic ', 'BASIC ', '-----BEGIN PRIVATE KEY-----', '--secret ');
const VALUES = ['aB3'.repeat(7), 'aB3'.repeat(14), '0af7'.repeat(8), 'ABCDEFGH01234567', 'hunter22', '1234'];
const NAME_VALUE_PAIRS = [
  '["host","db","password","hunter22"]',
  '["password","hunter22"]',
  '[["password","hunter22"]]',
  '[["host","db"],["password","hunter22"]]',
  '{"name":"password","value":"hunter22"}',
  '{"value":"hunter22","name":"password"}',
  '{"name":"password","value":123456}',
  '{"value":{"stringValue":"hunter22"},"name":"password"}',
  '[{"key":"password","value":{"arrayValue":{"values":[{"stringValue":"hunter22"}]}}}]',
];
const SMALL = [...'-_.:= @/"\'`\\?&#;,[{$<x1é漢\n\u00a0\ud83d'];

const name = fc
  .tuple(
    fc.constantFrom('', '', ...WORDS),
    fc.constantFrom('', '-', '_'),
    fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...CREDENTIAL_NAMES) }, fc.constantFrom(...WORDS)),
    fc.boolean(),
  )
  .map(([before, joint, rest, isUpperCase]) => {
    const whole = `${before}${joint}${rest}`;
    return isUpperCase ? whole.toUpperCase() : whole;
  });
const quote = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('"', '\\"', '') },
  { weight: 1, arbitrary: fc.constantFrom("'", '\\\\\\"', "\\'", '`') },
);
const gap = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('', ' ') },
  { weight: 1, arbitrary: fc.constantFrom('\n  ', '\u00a0', '    ', '     ', '"', '\\') },
);
/** A name, its separator and a value, as in JSON, in headers, in code and in forms. */
const labelled = fc
  .tuple(fc.constantFrom('', '?', '&', ';', '"', '--', ' '), name, quote, gap, fc.constantFrom(':', '=', ' '), gap)
  .chain(([before, named, quoted, gapBefore, separator, gapAfter]) =>
    fc.tuple(fc.constantFrom(quoted, quoted, '"', "'", ''), fc.constantFrom(...VALUES)).map(([valueQuote, value]) => {
      const inQuotes = `${valueQuote}${value}${valueQuote}`;
      return `${before}${quoted}${named}${quoted}${gapBefore}${separator}${gapAfter}${inQuotes}`;
    }),
  );
const token = fc
  .tuple(
    fc.constantFrom('', ' ', '"', '\\n', '/', 'x'),
    fc.constantFrom(...BEGINNINGS),
    fc.constantFrom('', '', '', ...SMALL),
    fc.constantFrom(...VALUES),
    fc.constantFrom('', '@', '.', ...VALUES),
    fc.constantFrom('', ...SMALL),
  )
  .map((parts) => parts.join(''));
const anything = fc.oneof(
  { weight: 4, arbitrary: labelled },
  { weight: 4, arbitrary: token },
  { weight: 1, arbitrary: fc.constantFrom(...SMALL, ...VALUES, ...BEGINNINGS, ...CREDENTIAL_NAMES) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
);

describe('the search for credentials', () => {
  it('says yes for every text that the expressions would change', () => {
    const seen = { changed: 0, unchanged: 0 };
    fc.assert(
      fc.property(fc.array(anything, { minLength: 1, maxLength: 2 }), fc.nat({ max: 100 }), (parts, padding) => {
        const text = `${parts.join('')}${' a word'.repeat(padding)}${parts.at(-1) ?? ''}`;
        const expected = replaceCredentials(text);
        seen[expected === text ? 'unchanged' : 'changed'] += 1;
        expect(redactText(text)).toBe(expected);
      }),
      { numRuns: 10_000 },
    );
    expect(seen.changed).toBeGreaterThan(1_000);
    expect(seen.unchanged).toBeGreaterThan(1_000);
  });

  it('says yes for each name of a credential in any spelling', () => {
    const befores = ['', 'my_', 'MY_', '?', ';', '"', "'", '\\"', '--'];
    const betweens = [':', '=', ' ', '": "', '\\": ', "': ['", ' = "', '\u00a0:\u00a0'];
    const values = [`${VALUES[0]}`, '"hunter22"', '12345678'];
    const texts = CREDENTIAL_NAMES.flatMap((lower) => [lower, lower.toUpperCase()])
      .flatMap((named) => befores.map((before) => `${before}${named}`))
      .flatMap((named) => betweens.map((between) => `${named}${between}`))
      .flatMap((named) => values.map((value) => `${named}${value}`));
    expect(texts.filter((text) => redactText(text) !== replaceCredentials(text))).toEqual([]);
    expect(texts.filter((text) => redactText(text) !== text).length).toBeGreaterThan(1_000);
  });

  it.each(PATTERNS.map((pattern) => ({ pattern, name: pattern.expression.source.slice(0, 80) })))(
    'knows what each expression finds by the clues of that expression: $name',
    ({ pattern }) => {
      const mayHold = createSearch([pattern]);
      fc.assert(
        fc.property(fc.array(anything, { minLength: 1, maxLength: 2 }), (parts) => {
          const text = parts.join('');
          if (text.search(pattern.expression) !== -1) expect(mayHold(text)).toBe(true);
        }),
        { numRuns: 2_000 },
      );
    },
  );

  it.each(PATTERNS.map((pattern) => ({ pattern, name: pattern.expression.source.slice(0, 80) })))(
    'has a known credential for each expression, and finds it by the clues of that expression alone: $name',
    ({ pattern }) => {
      const mayHold = createSearch([pattern]);
      const examples = [...CREDENTIALS.map(({ text }) => text), ...NAME_VALUE_PAIRS].filter(
        (text) => text.search(pattern.expression) !== -1,
      );
      expect(examples).not.toEqual([]);
      expect(examples.filter((text) => !mayHold(text))).toEqual([]);
    },
  );

  it('finds each known credential next to any character', () => {
    const mayHold = createSearch(PATTERNS);
    for (const { text } of CREDENTIALS) {
      for (const beside of ['', ' ', '"', '\\n', '漢', '\u0000', '-', '_']) {
        const whole = `${beside}${text}${beside}`;
        if (replaceCredentials(whole) !== whole) expect(mayHold(whole), whole).toBe(true);
      }
    }
  });

  it('finds each known credential in a text of any length, of ASCII or not, also where that text comes again', () => {
    for (const { text } of CREDENTIALS) {
      for (const words of [0, 3, 12, 30, 60, 120]) {
        for (const word of ['a word, ', 'ein Wört ', '漢字 ']) {
          const whole = `${word.repeat(words)}${text} ${word.repeat(words)}`;
          const redacted = replaceCredentials(whole);
          expect([redactText(whole), redactText(whole)], whole).toEqual([redacted, redacted]);
        }
      }
    }
  });

  it('says no for nearly every text without a credential', () => {
    const mayHold = createSearch(PATTERNS);
    const found = [...HARMLESS, ...HARMLESS.map((text) => JSON.stringify({ text }))].filter(mayHold);
    // A field that is called as a credential is: whether a value is beside it, only the expression can tell.
    expect(found.filter((text) => !/"(?:id|key|name)\\?":\\?"\w*(?:password|token)\\?"/.test(text))).toEqual([]);
  });
});
