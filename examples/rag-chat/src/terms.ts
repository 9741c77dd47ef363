const STOP_WORDS = new Set(
  `a about after again all also am an and any are as at be because been before being but by can could did do does done
  for from get had has have having here how i if in into is it its just let me my no nor not of off on one only or our
  out over own same should so some such tell than that the their them then there these they this those to too under
  until up us very want use give take show tell need happen happens was we were what when where which while who why will with would you your`.split(
    /\s+/,
  ),
);

/**
 * The search terms of a text, in order, repeats kept: lower-cased, stop words left out, lightly stemmed so that
 * `traces` meets `tracing`. An identifier counts as itself and as its words: `sessionId` gives `sessionid`, `session`, `id`.
 */
export function termsOf(text: string): string[] {
  const found: string[] = [];
  for (const [word] of text.matchAll(/[\p{L}\p{N}_]+/gu)) {
    const parts = word.split(/_|(?<=\p{Ll})(?=\p{Lu})/u).filter((part) => part !== '');
    const spellings = parts.length > 1 ? [word, ...parts] : parts;
    for (const spelling of spellings) {
      const lower = spelling.toLowerCase();
      if (!STOP_WORDS.has(lower)) found.push(stem(lower));
    }
  }
  return found;
}

/** Cuts the commonest English endings; the same on both sides of a comparison, so a crude cut does no harm. */
function stem(word: string): string {
  if (word.length < 4 || /\d|_/.test(word)) return word;
  const base = word
    .replace(/ies$/, 'y')
    .replace(/(?<=[^su])s$/, '')
    .replace(/(?<=.{3})(?:ing|ed)$/, '');
  return base.replace(/([bdgmnprt])\1$/, '$1').replace(/(?<=.{2})e$/, '');
}
