import type { SearchEntry } from './entry.js';
import type { Term } from './query.js';
import { type Word, wordsOf } from './words.js';

/** A part of a text: UTF-16 code units, the end excluded. */
export type Range = readonly [start: number, end: number];

/** Where the term is in a text, given its words. */
export function rangesOf({ words, last }: Term, text: readonly Word[]): Range[] {
  const ranges: Range[] = [];
  for (let at = 0; at + words.length <= text.length; at++) {
    const range = matchAt(words, last, text, at);
    if (range !== null) ranges.push(range);
  }
  return ranges;
}

function matchAt(words: readonly string[], last: Term['last'], text: readonly Word[], at: number): Range | null {
  for (let n = 0; n < words.length - 1; n++) if (text[at + n]?.word !== words[n]) return null;
  const [first, end] = [text[at], text[at + words.length - 1]];
  const wanted = words.at(-1);
  if (first === undefined || end === undefined || wanted === undefined) return null;
  const found =
    last === 'whole'
      ? end.word === wanted
        ? 0
        : -1
      : last === 'start'
        ? -Number(!end.word.startsWith(wanted))
        : end.word.indexOf(wanted);
  if (found < 0) return null;
  // A word that folding made longer or shorter is marked as a whole.
  const isExact = end.word.length === end.end - end.start;
  const [from, to] = isExact ? [end.start + found, end.start + found + wanted.length] : [end.start, end.end];
  return [words.length > 1 ? first.start : from, to];
}

/** Whether the texts have every term. */
export function matches(terms: readonly Term[], entries: readonly SearchEntry[]): boolean {
  const texts = entries.map(({ text }) => wordsOf(text));
  return terms.length > 0 && terms.every((term) => texts.some((text) => rangesOf(term, text).length > 0));
}
