import type { PassageIndex, ScoredPassage } from './retrieve.js';
import { termsOf } from './terms.js';

/** Dampens the lead of first places in reciprocal rank fusion; 60 is the constant of the method's paper (Cormack et al., SIGIR 2009). */
const FUSION_CONSTANT = 60;

/**
 * Reorders candidates by fusing two rankings: the one they came in, and one by how much of the question a passage
 * covers and how near to each other the covered terms stand. BM25 sees neither: one rare word said often can outweigh
 * a passage that says everything that was asked for.
 */
export function rerank(
  query: string,
  candidates: readonly ScoredPassage[],
  { rarity, keep }: { readonly rarity: PassageIndex['rarity']; readonly keep: number },
): ScoredPassage[] {
  const wanted = new Set(termsOf(query));
  const byCoverage = candidates
    .map(({ passage }) => ({ passage, score: coverage([...passage.headings, passage.text].join(' '), wanted, rarity) }))
    .sort((a, b) => b.score - a.score);
  const places = new Map(byCoverage.map(({ passage }, place) => [passage.id, place]));
  return candidates
    .map(({ passage }, place) => ({
      passage,
      score: reciprocal(place) + reciprocal(places.get(passage.id) ?? candidates.length),
    }))
    .sort((a, b) => b.score - a.score)
    .slice(0, keep);
}

function reciprocal(place: number): number {
  return 1 / (FUSION_CONSTANT + place + 1);
}

/** The share of the wanted terms that a text has, each weighed by its rarity, plus up to half as much again where they stand close together. */
export function coverage(text: string, wanted: ReadonlySet<string>, rarity: (term: string) => number): number {
  const words = termsOf(text);
  const found = new Set(words.filter((word) => wanted.has(word)));
  const weigh = (terms: Iterable<string>) => [...terms].reduce((sum, term) => sum + rarity(term), 0);
  const total = weigh(wanted);
  if (total === 0 || found.size === 0) return 0;
  const closeness = found.size / Math.max(found.size, shortestWindow(words, found));
  return (weigh(found) / total) * (1 + closeness / 2);
}

/** How many words the shortest stretch spans in which every one of the terms occurs. */
export function shortestWindow(words: readonly string[], terms: ReadonlySet<string>): number {
  const counts = new Map<string, number>();
  let shortest = Number.POSITIVE_INFINITY;
  let start = 0;
  for (const [end, word] of words.entries()) {
    if (!terms.has(word)) continue;
    counts.set(word, (counts.get(word) ?? 0) + 1);
    while (counts.size === terms.size) {
      shortest = Math.min(shortest, end - start + 1);
      const first = words[start] ?? '';
      const left = (counts.get(first) ?? 0) - 1;
      if (left > 0) counts.set(first, left);
      else counts.delete(first);
      start += 1;
    }
  }
  return shortest;
}
