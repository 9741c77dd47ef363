export type { SearchEntry } from './entry.js';
export { matches, type Range } from './match.js';
export { MAX_TERMS, parseQuery, type Term } from './query.js';
export { type Snippet, snippetsOf } from './snippet.js';
export { wordsOf } from './words.js';
