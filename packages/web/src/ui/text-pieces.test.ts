import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOfPiece, firstPieces, isLong, markdownFrom, markdownPieces, nestsTooDeeply } from './text-pieces.js';

const text = fc.string({
  unit: fc.oneof(fc.constantFrom('\n', '\n\n', ' ', '```\n', '🦜'), fc.string({ maxLength: 3 })),
});

describe('the pieces of a text', () => {
  it('are bounded, whole characters, and together the text', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 40 }), (whole, most) => {
        const pieces = firstPieces(whole, Number.POSITIVE_INFINITY, most).map(({ start, end }) =>
          whole.slice(start, end),
        );
        expect(pieces.join('')).toBe(whole);
        for (const piece of pieces) {
          expect(piece.length).toBeLessThanOrEqual(most);
          if (whole === Buffer.from(whole).toString()) expect(piece).toBe(Buffer.from(piece).toString());
        }
      }),
    );
  });

  it('are cut after a blank line, else after a line, else after a word', () => {
    expect(endOfPiece('one two\n\nthree\nfour', 0, 16)).toBe('one two\n\n'.length);
    expect(endOfPiece('one two three\nfour five', 0, 18)).toBe('one two three\n'.length);
    expect(endOfPiece('one two three four', 0, 15)).toBe('one two three '.length);
  });

  it('as markdown close and reopen a code block that they cut', () => {
    const code = `Before\n\n\`\`\`js\n${'let x = 1;\n'.repeat(20)}\`\`\`\n\nAfter`;
    const pieces = markdownPieces(code, 10, 120);
    expect(pieces.length).toBeGreaterThan(1);
    for (const piece of pieces) expect(piece.match(/^```/gm)?.length).toBe(2);
    expect(pieces[1]).toMatch(/^```js\nlet/);
    expect(pieces.at(-1)).toMatch(/```\n\nAfter$/);
  });

  it('that nest quotes or lists without bound are recognised', () => {
    expect(nestsTooDeeply('>'.repeat(3_000))).toBe(true);
    expect(nestsTooDeeply(`a\n${'1. '.repeat(3_000)}`)).toBe(true);
    expect(nestsTooDeeply('- '.repeat(3_000))).toBe(true);
    expect(nestsTooDeeply('> > - 1. a\n\n---\n- - -')).toBe(false);
  });
});

describe('a text from a place on', () => {
  const from = (text: string, place: string) => markdownFrom(text, text.indexOf(place));

  it.each([
    ['inside of a code block', 'See:\n\n```js\na();\nb();\n```\nDone.', 'b();', '```js\nb();\n```\nDone.'],
    ['after a code block', '```\na();\n```\n\nDone.', 'Done.', 'Done.'],
    ['inside of a table', 'x\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n| 3 | 4 |', '| 3', '| a | b |\n|---|--:|\n| 3 | 4 |'],
    ['after a table', '| a |\n|---|\n| 1 |\n\nThen | that', 'Then', 'Then | that'],
    ['inside of a list', '- a\n    - b\n    - c\n- d', '    - c', '- c\n- d'],
  ])('reads as it does in the whole: %s', (_, text, place, markdown) => expect(from(text, place)).toBe(markdown));
});

describe('isLong', () => {
  it.each([
    ['x'.repeat(1_500), false],
    ['x'.repeat(1_501), true],
    [Array.from({ length: 20 }, () => 'x').join('\n'), false],
    [Array.from({ length: 21 }, () => 'x').join('\n'), true],
  ])('case %#', (text, long) => expect(isLong(text)).toBe(long));
});
