import { type SearchEntry, type Term, wordsOf } from '../../search/index.js';

/** No word has these: see `wordsOf`. */
const BETWEEN_WORDS = ' ';
const BETWEEN_ENTRIES = '\n';

/** The words of entries in one text, in which a query is a search for parts: a space stands before and after each word. */
export function searchText(entries: readonly SearchEntry[]): string {
  return entries
    .map(({ text }) => wordsOf(text).map(({ word }) => word))
    .filter((words) => words.length > 0)
    .map((words) => ['', ...words, ''].join(BETWEEN_WORDS))
    .join(BETWEEN_ENTRIES);
}

/** The pattern for LIKE that the text of entries matches just when one of them has the term. */
export function patternOf({ words, last }: Term): string {
  const text = words.join(BETWEEN_WORDS).replace(/[\\%_]/g, String.raw`\$&`);
  if (last === 'part') return `%${text}%`;
  return last === 'start' ? `%${BETWEEN_WORDS}${text}%` : `%${BETWEEN_WORDS}${text}${BETWEEN_WORDS}%`;
}
