import MiniSearch from 'minisearch';
import type { Passage } from './corpus.js';
import { termsOf } from './terms.js';

export interface ScoredPassage {
  readonly passage: Passage;
  /** Higher is better. Comparable within one search only. */
  readonly score: number;
}

/** Finds passages by BM25 over headings and text. */
export interface PassageIndex {
  /** The best passages, best first; empty when no term of the query occurs anywhere. */
  search(query: string, limit: number): ScoredPassage[];
  /** How rare a term is: about 0 where every passage has it, higher the fewer do. */
  rarity(term: string): number;
}

export function createPassageIndex(passages: readonly Passage[]): PassageIndex {
  const byId = new Map(passages.map((passage) => [passage.id, passage]));
  const search = new MiniSearch<{ id: string; headings: string; text: string }>({
    fields: ['headings', 'text'],
    // `termsOf` cuts and stems in one go, so that nothing is left to do for each term.
    tokenize: termsOf,
    processTerm: (term) => term,
  });
  const documents = passages.map(({ id, headings, text }) => ({ id, headings: headings.join(' '), text }));
  search.addAll(documents);
  const passagesWith = countPassagesByTerm(documents.map(({ headings, text }) => `${headings} ${text}`));

  return {
    search(query, limit) {
      const found = search.search(query, { boost: { headings: 2 }, combineWith: 'OR' }).slice(0, limit);
      return found.flatMap(({ id, score }) => {
        const passage = byId.get(String(id));
        return passage ? [{ passage, score }] : [];
      });
    },
    rarity(term) {
      const count = passagesWith.get(term) ?? 0;
      return Math.log(1 + (passages.length - count + 0.5) / (count + 0.5));
    },
  };
}

function countPassagesByTerm(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const term of new Set(termsOf(text))) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  return counts;
}
