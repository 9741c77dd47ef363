import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PassageIndex, usedRanges } from './passages.js';

const DOCUMENT = 'Most items can be returned within 30 days of delivery. Batteries can be returned within 60 days.';

const found = (text: string, ...documents: string[]) =>
  new PassageIndex(documents).find(text).map(({ start, end }) => text.slice(start, end));

describe('the passages that an answer used', () => {
  it('are runs of words, whatever the case and the markup between them', () => {
    expect(found('You see, **most items** can be\nreturned within 30 days. Fine.', DOCUMENT)).toEqual([
      'most items** can be\nreturned within 30 days',
    ]);
  });

  it('are marked in the document as well', () => {
    const passages = new PassageIndex(['Another text.', DOCUMENT]).find('Batteries can be returned within 60 days!');
    expect(passages.map(({ document }) => document)).toEqual([1]);
    expect(usedRanges(passages, 1).map(({ start, end }) => DOCUMENT.slice(start, end))).toEqual([
      'Batteries can be returned within 60 days',
    ]);
    expect(usedRanges(passages, 0)).toEqual([]);
  });

  it('are none where only a phrase is shared, or the words differ', () => {
    expect(found('It can be returned within a month.', DOCUMENT)).toEqual([]);
    expect(found('')).toEqual([]);
  });

  it('are found in scripts without spaces', () => {
    expect(
      found('答えは、電池は六十日以内に返品できます。', '電池は六十日以内に返品できます。送料は無料です。'),
    ).toEqual(['電池は六十日以内に返品できます']);
    expect(found('返品できます', '電池は返品できます')).toEqual([]);
  });

  it('of any texts are in order, apart, and the same words in both', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', 'D', 'd.', '\n'), { maxLength: 60 })
      .map((words) => words.join(' '));
    const plain = (part: string) => part.toLowerCase().match(/[a-d]/g)?.join('');
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 3 }), (answer, documents) => {
        let last = 0;
        for (const { start, end, document, inDocument } of new PassageIndex(documents).find(answer)) {
          expect(start).toBeGreaterThanOrEqual(last);
          last = end;
          const source = documents[document]?.slice(inDocument.start, inDocument.end) ?? '';
          expect(plain(answer.slice(start, end))).toBe(plain(source));
        }
      }),
    );
  });
});
