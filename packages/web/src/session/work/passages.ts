/** A part of a text, from `start` up to, not at, `end`, in UTF-16 units. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** A run of words that a text and a document have in common. */
export interface Passage extends TextRange {
  /** Position of the document in the index. */
  readonly document: number;
  readonly inDocument: TextRange;
}

interface Word extends TextRange {
  readonly text: string;
}

/** A shorter run of words is a coincidence, or a phrase of the language. */
const WORDS = 5;
/** Scripts without spaces are compared sign by sign: this many signs say about as much. */
const SIGNS = 10;
/** What is compared of a text and of all documents; more would hold up the page. */
/** Of a run of words that documents repeat, the first places are enough. */
const MOST_PLACES = 8;
const MOST_UNITS = { text: 50_000, documents: 400_000 };

const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]|[\p{L}\p{M}\p{N}]+/gu;
const SIGN = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]$/u;

/**
 * Finds the passages of documents that a text uses word for word. Case, punctuation and markup between words do not matter. It finds
 * nothing that was said in other words.
 */
export class PassageIndex {
  readonly #documents: readonly (readonly Word[])[];
  /** Where each run of `WORDS` words stands. */
  readonly #runs = new Map<string, { readonly document: number; readonly at: number }[]>();

  constructor(documents: readonly string[]) {
    let left = MOST_UNITS.documents;
    this.#documents = documents.map((text) => {
      const words = wordsOf(text.slice(0, left));
      left = Math.max(0, left - text.length);
      return words;
    });
    this.#documents.forEach((words, document) => {
      for (let at = 0; at + WORDS <= words.length; at++) {
        const key = runAt(words, at);
        const places = this.#runs.get(key);
        if (places === undefined) this.#runs.set(key, [{ document, at }]);
        else if (places.length < MOST_PLACES) places.push({ document, at });
      }
    });
  }

  /** The passages in a text, in order, not overlapping; of those that begin at a word the longest. */
  find(text: string): Passage[] {
    const words = wordsOf(text.slice(0, MOST_UNITS.text));
    const passages: Passage[] = [];
    for (let at = 0; at + WORDS <= words.length; ) {
      const match = this.#longest(words, at);
      if (match === null) {
        at++;
        continue;
      }
      const source = this.#documents[match.document] ?? [];
      passages.push({
        ...rangeOf(words, at, match.length),
        document: match.document,
        inDocument: rangeOf(source, match.at, match.length),
      });
      at += match.length;
    }
    return passages;
  }

  #longest(words: readonly Word[], at: number): { document: number; at: number; length: number } | null {
    let best: { document: number; at: number; length: number } | null = null;
    for (const place of this.#runs.get(runAt(words, at)) ?? []) {
      const source = this.#documents[place.document] ?? [];
      let length = WORDS;
      while (at + length < words.length && words[at + length]?.text === source[place.at + length]?.text) length++;
      if (length > (best?.length ?? 0)) best = { ...place, length };
    }
    return best !== null && isTelling(words, at, best.length) ? best : null;
  }
}

/** The parts of one document that passages use, in order, joined where they touch. */
export function usedRanges(passages: readonly Passage[], document: number): TextRange[] {
  const ranges: TextRange[] = [];
  const used = passages.filter((passage) => passage.document === document).map(({ inDocument }) => inDocument);
  for (const range of used.sort((a, b) => a.start - b.start)) {
    const last = ranges.at(-1);
    if (last && range.start <= last.end)
      ranges[ranges.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    else ranges.push(range);
  }
  return ranges;
}

function isTelling(words: readonly Word[], at: number, length: number): boolean {
  const run = words.slice(at, at + length);
  const signs = run.filter(({ text }) => SIGN.test(text)).length;
  return run.length - signs + (signs * WORDS) / SIGNS >= WORDS;
}

function wordsOf(text: string): Word[] {
  return Array.from(text.matchAll(WORD), (match) => ({
    text: match[0].toLowerCase(),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

function runAt(words: readonly Word[], at: number): string {
  return words
    .slice(at, at + WORDS)
    .map(({ text }) => text)
    .join(' ');
}

function rangeOf(words: readonly Word[], at: number, length: number): TextRange {
  return { start: words[at]?.start ?? 0, end: words[at + length - 1]?.end ?? 0 };
}
