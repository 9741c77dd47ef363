import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bareWordsOf, wordsOf } from './words.js';

const words = (text: string) => wordsOf(text).map(({ word }) => word);

describe('the words of a text', () => {
  it('have no case, no accents and no differences of width', () => {
    expect(words('Straße NAÏVE Ｆｕｌｌ ﬁne İstanbul')).toEqual(['strasse', 'naive', 'full', 'fine', 'istanbul']);
    expect(words('أحمد والكِتَابُ مدرسة')).toEqual(['احمد', 'والكتاب', 'مدرسه']);
    expect(words('ｶﾞﾊﾟ')).toEqual(words('ガパ'));
  });

  it('are single characters where a script has no spaces', () => {
    expect(words('東京都 GPT東京')).toEqual(['東', '京', '都', 'gpt', '東', '京']);
    expect(words('학교에서')).toEqual(['학', '교', '에', '서']);
  });

  it('keep the vowels of a script that writes them as marks', () => {
    expect(words('हिन्दी में')).toEqual(['हिन्दी', 'में']);
  });

  it('are identifiers and names of languages as they are', () => {
    expect(words('user_id of ord-8f3a: C++, c# and a++b')).toEqual([
      'user_id',
      'of',
      'ord',
      '8f3a',
      'c++',
      'c#',
      'and',
      'a',
      'b',
    ]);
  });

  it('say where in the text they are, and never hold what a query language could read', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        let end = 0;
        for (const { word, ...at } of wordsOf(text)) {
          expect(at.start).toBeGreaterThanOrEqual(end);
          expect(at.end).toBeGreaterThan(at.start);
          expect(word).not.toMatch(/["*.:^(){}\s\0]/);
          end = at.end;
        }
        expect(end).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  it('are the same without their places', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'aB1_+# .é東') }),
    );
    fc.assert(fc.property(texts, (text) => void expect(bareWordsOf(text)).toEqual(words(text))));
  });
});
