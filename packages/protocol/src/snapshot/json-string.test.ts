import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beforeValue, quoted } from './json-string.js';

const answer = 'The capital of France is Paris. It has two million inhabitants. '.repeat(40);

describe('a text in JSON is what JSON.stringify makes of it', () => {
  it.each([
    ['nothing', ''],
    ['plain text', answer],
    ['lines', answer.replaceAll('. ', '.\n')],
    ['paragraphs under a heading', `# Paris\n\n${answer.replaceAll('. ', '.\n\n')}`],
    ['lines of Windows, with tabs', answer.replaceAll('. ', '.\r\n\t')],
    ['what people say', answer.replaceAll('France', '"France"')],
    ['a path of Windows', answer.replaceAll('two', 'C:\\two')],
    ['JSON in JSON', JSON.stringify(JSON.stringify({ lines: answer.split(' ') }))],
    ['control characters', `${answer}\0\b\f\v\u001f\u007f${answer}`],
    ['line ends of other languages', `${answer}\u2028\u2029\u0085${answer}`],
    ['emoji', answer.replaceAll('Paris', '🗼').replaceAll('. ', ' 😀\n')],
    ['Chinese', '巴黎是法国的首都。\n'.repeat(100)],
    ['half a pair at the end', `${answer}\ud83d`],
    ['half a pair in the middle, after a whole one', `${answer}😀\udc00${answer}\n`],
    ['halves in the wrong order', `${answer}\udc00\ud83d${answer}`],
    ['a pair after half a pair', `\ud83d😀\n${answer}`],
  ])('%s', (_, text) => {
    expect(quoted(text)).toBe(JSON.stringify(text));
    expect(beforeValue(text)).toBe(`,${JSON.stringify(text)}:`);
  });

  it('any text, long or short', () => {
    const parts = fc.constantFrom(answer, 'word ', '\n', '"', '\\', '\t', '😀', '\ud83d', '\udc00', 'é', '中');
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (chosen) => {
        expect(quoted(chosen.join(''))).toBe(JSON.stringify(chosen.join('')));
      }),
      { numRuns: 2_000 },
    );
  });
});

it('more keys than are kept are quoted as the first', () => {
  for (let index = 0; index < 1_100; index++) expect(beforeValue(`"${index}`)).toBe(`,"\\"${index}":`);
});
