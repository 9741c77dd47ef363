import type { SearchKind } from '@powerrag/protocol';
import type { Term } from '../../search/index.js';

/** A query in the language of FTS5. */
export interface MatchExpression {
  readonly text: string;
  /** Whether FTS5 gathers all rows of some words before it gives the first, whatever range of rows it is asked for. */
  readonly isGathered: boolean;
}

/** The words that are in the index. */
export interface KnownWords {
  /** Some words that have a part, other than at their beginning. */
  with(part: string): readonly string[];
  /** All words that begin so; null where there are too many, or they are not known. */
  from(beginning: string): readonly string[] | null;
}

/**
 * The terms as an expression of FTS5; null when nothing is asked for. The words have letters, digits and `_+#` only, so that
 * none is read as syntax.
 */
export function matchExpression(
  terms: readonly Term[],
  kinds: readonly SearchKind[] | undefined,
  known: KnownWords,
): MatchExpression | null {
  if (terms.length === 0 || kinds?.length === 0) return null;
  const each = terms.map((term) => expressionOf(term, known));
  const all = each.map(({ text }) => `(${text})`).join(' AND ');
  return {
    text: kinds === undefined ? all : `{${[...new Set(kinds)].join(' ')}} : (${all})`,
    isGathered: each.some(({ isGathered }) => isGathered),
  };
}

function expressionOf({ words, last }: Term, known: KnownWords): MatchExpression {
  const phrase = `"${words.join(' ')}"`;
  if (last === 'whole') return { text: phrase, isGathered: false };
  const wanted = words.at(-1) ?? '';
  const inside = last === 'part' ? known.with(wanted).map((word) => `"${word}"`) : [];
  const starting = known.from(wanted);
  if (starting === null) return { text: [`${phrase} *`, ...inside].join(' OR '), isGathered: true };
  // Without any word, the phrase itself finds nothing.
  const phrases = starting.map((word) => `"${[...words.slice(0, -1), word].join(' ')}"`);
  const all = [...phrases, ...inside];
  return { text: all.length === 0 ? phrase : all.join(' OR '), isGathered: false };
}
