import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonLength } from './json-length.js';

it('the length of a text as JSON is that of the JSON', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('"', '\\', '\n', '\t', '\u0000', '\u001f', '\u007f', '\u2028', '\ud800', '\udc00', 'a'),
    }),
  );
  fc.assert(fc.property(texts, (text) => void expect(jsonLength(text)).toBe(JSON.stringify(text).length)));
});
