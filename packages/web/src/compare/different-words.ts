import type { FindMarks, Mark } from '../ui/markdown-marks.js';
import { align } from './align.js';

/** Longer texts are compared by which words they have, not by their order: aligning them takes memory by the product of their lengths. */
const MOST_WORDS = 2_500;

const WORD = /[\p{L}\p{N}\p{M}_]+/gu;

/**
 * Finds the words of a text that another does not have in their place, in any part of it: a paragraph, a cell of a table. Marks of
 * markdown and punctuation are no words.
 */
export function differentWords(text: string, other: string): FindMarks {
  const words = wordsIn(text).map(({ word }) => word);
  const others = wordsIn(other).map(({ word }) => word);
  const isNew =
    Math.max(words.length, others.length) > MOST_WORDS ? newByName(words, others) : newByPlace(words, others);
  return (part) => {
    const found = wordsIn(part);
    const starts = placesOf(
      found.map(({ word }) => word),
      words,
    );
    // A part that is there several times is marked as any of them would be.
    const isMarked = (n: number): boolean =>
      starts.length === 0 ? !others.includes(found[n]?.word ?? '') : starts.some((start) => isNew[start + n] === true);
    return joined(found.map(({ start, end }, n) => ({ start, end, isMarked: isMarked(n) })));
  };
}

interface Word {
  /** In lower case. */
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

function wordsIn(text: string): Word[] {
  return [...text.matchAll(WORD)].map(({ 0: word, index }) => ({
    word: word.toLowerCase(),
    start: index,
    end: index + word.length,
  }));
}

function newByPlace(words: readonly string[], others: readonly string[]): boolean[] {
  const pairs = align(words, others, (word) => word);
  return pairs.flatMap(([word, other]) => (word === null ? [] : [word !== other]));
}

function newByName(words: readonly string[], others: readonly string[]): boolean[] {
  const known = new Set(others);
  return words.map((word) => !known.has(word));
}

/** Where words stand among others, side by side. */
function placesOf(part: readonly string[], words: readonly string[]): number[] {
  const [first] = part;
  if (first === undefined) return [];
  const places: number[] = [];
  for (let at = words.indexOf(first); at !== -1; at = words.indexOf(first, at + 1)) {
    if (part.every((word, n) => words[at + n] === word)) places.push(at);
  }
  return places;
}

/** One mark for words that follow each other, with what is between them. */
function joined(words: readonly (Mark & { readonly isMarked: boolean })[]): Mark[] {
  const marks: Mark[] = [];
  words.forEach(({ start, end, isMarked }, n) => {
    if (!isMarked) return;
    const last = words[n - 1]?.isMarked === true ? marks.pop() : undefined;
    marks.push({ start: last?.start ?? start, end });
  });
  return marks;
}
