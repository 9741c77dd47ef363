import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textRuns, withHiddenNamed } from './hidden-characters.js';

const hiddenIn = (text: string) => textRuns(text).flatMap(({ hidden }) => hidden ?? []);

describe('hidden characters', () => {
  it.each([
    ['access \u202edetnarg\u202c', ['RLO', 'PDF']],
    ['pay\u200bpal', ['ZWSP']],
    ['a\u2066b\u2069\u200e\u200f\u061c', ['LRI', 'PDI', 'LRM', 'RLM', 'ALM']],
    ['pass\u00adword\ufeff', ['SHY', 'BOM']],
    ['a\u0000b\u001b[31m\u0085', ['U+0000', 'U+001B', 'U+0085']],
    ['ad\u200dmin, ad\u200cmin', ['ZWJ', 'ZWNJ']],
    ['hi\u{e0068}\u{e0069}', ['U+E0068', 'U+E0069']],
    ['\u3164', ['U+3164']],
  ])('%j holds %j', (text, names) => expect(hiddenIn(text)).toEqual(names));

  it.each([
    'plain text,\n\twith lines\r\n',
    'مدة الضمان سنتان',
    '👨\u200d👩\u200d👧 🏳\ufe0f\u200d🌈 👍🏽 🧑🏽\u200d🚀',
    '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    'می\u200cخواهم',
    'क्\u200dष',
    'naïve café ✓',
  ])('%j holds none: what joins emoji and letters belongs to them', (text) => expect(hiddenIn(text)).toEqual([]));

  it('the runs are the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(
          textRuns(text)
            .map((run) => run.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });

  it('are named where only plain text can be shown', () => {
    expect(withHiddenNamed('access \u202edetnarg')).toBe('access [RLO]detnarg');
  });
});
