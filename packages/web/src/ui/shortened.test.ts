import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortened } from './shortened.js';

describe('a text for one line', () => {
  it('is whole where it is short, else its beginning', () => {
    expect(shortened('short')).toBe('short');
    expect(shortened('x'.repeat(500))).toBe('x'.repeat(500));
    expect(shortened('x'.repeat(501))).toBe(`${'x'.repeat(500)}…`);
    expect(shortened('abcdef', 3)).toBe('abc…');
  });

  it('never cuts a surrogate pair in two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-composite' }), fc.integer({ min: 1, max: 9 }), (text, most) => {
        const beginning = shortened(text, most).replace(/…$/, '');
        expect(text.startsWith(beginning)).toBe(true);
        expect(() => encodeURIComponent(beginning)).not.toThrow();
      }),
    );
  });
});
