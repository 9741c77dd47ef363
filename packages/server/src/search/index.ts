export type { SearchEntry } from './entry.js';
export { matches } from './match.js';
export { MAX_TERMS, parseQuery, type Term } from './query.js';
export { snippetsOf } from './snippet.js';
export { bareWordsOf, wordsOf } from './words.js';
