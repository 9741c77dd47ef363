import type { Passage } from './corpus.js';

/** Tells a model what it may say, with the passages numbered as its citations number them. */
export function systemPrompt(passages: readonly Passage[]): string {
  const numbered = passages.map(
    ({ document, headings, text }, index) => `[${index + 1}] ${document}, ${headings.join(' › ')}\n${text}`,
  );
  return [
    'You answer questions about a tracing library from the passages of its documentation below.',
    'Cite each passage you use by its number, like [1]. Say so where the passages hold no answer.',
    'Use the tools for an exact setting, a whole section, or the list of documents.',
    '',
    ...numbered,
  ].join('\n');
}
