import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonTokens } from './json-tokens.js';

describe('jsonTokens', () => {
  it('tells keys from strings, numbers and words', () => {
    const kinds = jsonTokens('{"a": "b", "n": -1.5e3, "t": true}')
      .filter((token) => token.kind !== 'plain')
      .map((token) => [token.kind, token.text]);
    expect(kinds).toEqual([
      ['key', '"a"'],
      ['string', '"b"'],
      ['key', '"n"'],
      ['number', '-1.5e3'],
      ['key', '"t"'],
      ['word', 'true'],
    ]);
  });

  it('loses and adds nothing, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value, null, 2);
        expect(
          jsonTokens(text)
            .map((token) => token.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });
});
