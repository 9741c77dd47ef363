import type { SearchKind } from '@powerrag/protocol';
import type { Term } from '../../search/index.js';

/**
 * The terms as an expression of FTS5; null when nothing is asked for. The words have letters, digits and `_+#` only, so that
 * none is read as syntax.
 *
 * @param wordsWith some words that have a part, other than at their beginning.
 */
export function matchExpression(
  terms: readonly Term[],
  kinds: readonly SearchKind[] | undefined,
  wordsWith: (part: string) => readonly string[],
): string | null {
  if (terms.length === 0 || kinds?.length === 0) return null;
  const all = terms.map((term) => `(${expressionOf(term, wordsWith)})`).join(' AND ');
  return kinds === undefined ? all : `{${[...new Set(kinds)].join(' ')}} : (${all})`;
}

function expressionOf({ words, last }: Term, wordsWith: (part: string) => readonly string[]): string {
  const phrase = `"${words.join(' ')}"`;
  if (last === 'whole') return phrase;
  if (last === 'start') return `${phrase} *`;
  return [`${phrase} *`, ...wordsWith(words[0] ?? '').map((word) => `"${word}"`)].join(' OR ');
}
