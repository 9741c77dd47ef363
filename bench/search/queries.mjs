import { orderOf, wordOfRank } from './conversations.mjs';

const round = (n) => n * 37 + 11;
/** What is searched when search is measured: the text of the n-th query of each kind. */
export const QUERIES = {
  'an id': (n) => orderOf(round(n)),
  'a part of an id': (n) => orderOf(round(n)).slice(6, 12),
  'a common word': (n) => wordOfRank(n % 10),
  'a word of rank 1,000': (n) => wordOfRank(1_000 + n),
  'a rare word': (n) => wordOfRank(20_000 + n),
  'three common words': (n) => `${wordOfRank(n % 10)} ${wordOfRank(20 + n)} ${wordOfRank(50 + n)}`,
  'a common and a rare word': (n) => `${wordOfRank(n % 10)} ${wordOfRank(20_000 + n)}`,
  'a phrase': (n) => `"${wordOfRank(n % 5)} ${wordOfRank(5 + (n % 5))}"`,
  'a part of many words': (n) => wordOfRank(25_000 + n).slice(2, 5),
  'a name of every trace': () => 'search-passages',
  nothing: (n) => `zzz${n}qq`,
};
