import type { SearchEntry } from './entry.js';
import { type Range, rangesOf } from './match.js';
import type { Term } from './query.js';
import { type Word, wordsOf } from './words.js';

/** A part of an entry's text with what was found in it. */
export interface Snippet extends SearchEntry {
  /** The parts of `text` that the query asked for, in order, not overlapping. */
  readonly ranges: readonly Range[];
}

/** Characters of a snippet, at most, and of these before the first that was found. */
const LENGTH = 200;
const BEFORE = 60;

/** The entries that say most of what was asked for, one snippet of each, in the order of the entries. */
export function snippetsOf(terms: readonly Term[], entries: readonly SearchEntry[], limit: number): Snippet[] {
  const found = entries.flatMap((entry, place) => {
    const words = wordsOf(entry.text);
    const byTerm = terms.map((term) => rangesOf(term, words));
    const count = byTerm.filter((ranges) => ranges.length > 0).length;
    return count === 0 ? [] : [{ entry, place, words, count, ranges: joined(byTerm.flat()) }];
  });
  return found
    .sort((a, b) => b.count - a.count || a.place - b.place)
    .slice(0, limit)
    .sort((a, b) => a.place - b.place)
    .map(({ entry, words, ranges }) => cut(entry, words, ranges));
}

/** In order, those that touch made one. */
function joined(ranges: readonly Range[]): Range[] {
  const all: [number, number][] = [];
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = all.at(-1);
    if (before !== undefined && start <= before[1]) before[1] = Math.max(before[1], end);
    else all.push([start, end]);
  }
  return all;
}

/** A long text is cut around the first range, between words where there are some. */
function cut(entry: SearchEntry, words: readonly Word[], ranges: readonly Range[]): Snippet {
  const { text } = entry;
  if (text.length <= LENGTH) return { ...entry, ranges };
  const first = ranges[0]?.[0] ?? 0;
  const earliest = Math.max(0, Math.min(first - BEFORE, text.length - LENGTH));
  const start = earliest === 0 ? 0 : (words.find((word) => word.start >= earliest)?.start ?? first);
  const latest = start + LENGTH;
  const end = latest >= text.length ? text.length : (words.findLast((word) => word.end <= latest)?.end ?? latest);
  const inside = ranges.flatMap(([from, to]): Range[] =>
    from < end ? [[from - start, Math.min(to, end) - start]] : [],
  );
  return { ...entry, text: text.slice(start, end), ranges: inside };
}
