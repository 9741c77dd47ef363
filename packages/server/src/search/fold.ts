/** What accents become when letters are decomposed: of Latin, Greek and Cyrillic, of Hebrew and of Arabic. Other marks are letters to their readers. */
const ACCENTS = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]/g;

/** Letters that readers take for the same, and that no decomposition makes the same. */
const SAME: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ı: 'i',
  ς: 'σ',
  // Arabic: the stretched line, and two letters that are often written for each other.
  '\u0640': '',
  '\u0649': '\u064a',
  '\u0629': '\u0647',
};
const SAME_LETTERS = new RegExp(`[${Object.keys(SAME).join('')}]`, 'g');

/** What a sign such as ⑴ has beside its letters. */
const NO_LETTERS = /[^\w+#\u0080-\u{10ffff}]/gu;

/** A word without case, accents and differences of width, as both sides of a search are compared. */
export function fold(word: string): string {
  return word
    .normalize('NFKD')
    .replace(ACCENTS, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(SAME_LETTERS, (letter) => SAME[letter] ?? letter)
    .replace(NO_LETTERS, '');
}
