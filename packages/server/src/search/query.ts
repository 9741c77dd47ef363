import { wordsOf } from './words.js';

/** Words that follow each other, in one text. */
export interface Term {
  readonly words: readonly string[];
  /** How the last word is compared: it is the word, it begins the word, or it is anywhere in the word. */
  readonly last: 'whole' | 'start' | 'part';
}

/** In characters. A shorter word is found as a whole only, as it is part of too many others. */
const SHORTEST_PART = 3;

/** Terms of a query, at most. */
export const MAX_TERMS = 32;

/**
 * What a query asks for. A trace has to have every term; each is in one of its texts.
 *
 * - `refund`: any word that has it, such as `refunds` and `nonrefundable`; of one or two letters: that word.
 * - `ord-8f3`: the words `ord` and `8f3…`, one after the other.
 * - `"refund policy"`: exactly these words, one after the other.
 *
 * Any text is a query; one without words has no terms, and finds nothing. Terms that occur twice count once.
 */
export function parseQuery(text: string): Term[] {
  const terms = new Map<string, Term>();
  for (const [chunk, quoted] of text.matchAll(/["“”„]([^"“”„]*)["“”„]?|[^\s"“”„]+/gu)) {
    const words = wordsOf(quoted ?? chunk).map(({ word }) => word);
    const last = words.at(-1);
    if (last === undefined) continue;
    const isWhole = quoted !== undefined || [...last].length < SHORTEST_PART;
    const term: Term = { words, last: isWhole ? 'whole' : words.length > 1 ? 'start' : 'part' };
    terms.set(JSON.stringify(term), term);
  }
  return [...terms.values()];
}
