import type { TextQuote } from '@powerrag/protocol';

/** Characters that are kept on either side of a passage. */
const AROUND = 40;

/** The passage of a text from `start` to `end`, without white space at its ends; null where there is nothing else. */
export function quoteAt(text: string, start: number, end: number): TextQuote | null {
  const inside = text.slice(start, end);
  const exact = inside.trim();
  if (exact === '') return null;
  const from = start + inside.indexOf(exact);
  const to = from + exact.length;
  return { exact, prefix: text.slice(Math.max(0, from - AROUND), from), suffix: text.slice(to, to + AROUND) };
}

/**
 * Where a passage is in a text: of several places the one whose surroundings are most alike, the first of equals; null where there is
 * none. White space counts as equal: the same words may be laid out in other lines.
 */
export function findQuote(text: string, { exact, prefix, suffix }: TextQuote): { start: number; end: number } | null {
  const words = exact.trim().split(/\s+/).map(escaped);
  let best: { start: number; end: number; likeness: number } | null = null;
  for (const match of text.matchAll(new RegExp(words.join('\\s+'), 'g'))) {
    const [start, end] = [match.index, match.index + match[0].length];
    if (end === start) return null;
    const likeness = sameEnds(text.slice(0, start), prefix) + sameStarts(text.slice(end, end + suffix.length), suffix);
    if (best === null || likeness > best.likeness) best = { start, end, likeness };
  }
  return best === null ? null : { start: best.start, end: best.end };
}

function escaped(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function sameStarts(a: string, b: string): number {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a[length] === b[length]) length += 1;
  return length;
}

function sameEnds(a: string, b: string): number {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a.at(-1 - length) === b.at(-1 - length)) length += 1;
  return length;
}
