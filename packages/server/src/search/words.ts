import { fold } from './fold.js';

/** A word of a text, as search compares it. */
export interface Word {
  readonly word: string;
  /** Where it is in the text: UTF-16 code units, the end excluded. */
  readonly start: number;
  readonly end: number;
}

/** A longer run of letters is several words: limits what one id or one blob takes in the index. */
const LONGEST_WORD = 100;

/**
 * Scripts that are written without spaces, or, as Korean, with words made of several: each character is a word of its own, so
 * that any part of the text is found as words that follow each other. `\p{Script_Extensions}` has the marks that they share.
 */
const UNSPACED = [
  ...['Han', 'Hiragana', 'Katakana', 'Bopomofo', 'Hangul', 'Yi'],
  ...['Thai', 'Lao', 'Khmer', 'Myanmar', 'Tibetan', 'Javanese', 'Balinese', 'Tai_Tham', 'New_Tai_Lue', 'Tai_Le'],
]
  .map((script) => `\\p{Script_Extensions=${script}}`)
  .join('');

/** A run of letters; or a letter with the signs that make it the name of a language, C++ or C#. */
function run(letters: string, letter: string): string {
  return `${letters}{1,${LONGEST_WORD}}(?:(?<=(?<!${letters})${letter})(?:\\+\\+|#)(?!${letters}))?`;
}

const ASCII_WORD = new RegExp(run('[A-Za-z0-9_]', '[A-Za-z]'), 'g');
const ANY_WORD = new RegExp(
  [
    run(`[[\\p{L}\\p{N}\\p{M}_]--[${UNSPACED}]]`, '\\p{L}'),
    // A half-width kana and its voicing mark are one character.
    `[[\\p{L}\\p{N}\\p{M}]&&[${UNSPACED}]][\\u3099\\u309a\\uff9e\\uff9f]?`,
    '\\p{Extended_Pictographic}',
  ].join('|'),
  'gv',
);
// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII.
const ASCII = /^[\x00-\x7f]*$/;

/** The words of a text, in order. Pure. */
export function bareWordsOf(text: string): readonly string[] {
  return ASCII.test(text) ? (text.toLowerCase().match(ASCII_WORD) ?? []) : wordsOf(text).map(({ word }) => word);
}

/** The same with where they are. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  const isAscii = ASCII.test(text);
  for (const match of text.matchAll(isAscii ? ASCII_WORD : ANY_WORD)) {
    const [found] = match;
    const word = isAscii || ASCII.test(found) ? found.toLowerCase() : fold(found);
    if (word !== '') words.push({ word, start: match.index, end: match.index + found.length });
  }
  return words;
}
