import { numbers } from '../lib/random.mjs';

/**
 * Conversations of a realistic shape, always the same: lengths are lognormal, words are as frequent as in a language, each question
 * has an id, and each call of a model carries the history.
 */

const random = numbers(7);
const SYLLABLES = Array.from('bcdfglmnprstvz').flatMap((letter) => Array.from('aeiou', (vowel) => letter + vowel));
const WORDS = Array.from({ length: 30_000 }, (_, rank) => {
  const syllables = 1 + Math.floor(Math.log10(rank + 1) / 1.3 + random() * 2);
  return Array.from({ length: syllables }, () => SYLLABLES[Math.floor(random() * SYLLABLES.length)]).join('');
});

/** A word by its rank: 0 is the most frequent. */
export function wordOfRank(rank) {
  return WORDS[rank];
}

/** Zipf: the word of rank r about 1/r as often as the first. */
const word = () => WORDS[Math.floor(WORDS.length ** random()) - 1];
const words = (count) => Array.from({ length: Math.max(1, Math.round(count)) }, word).join(' ');

function lognormal(mean, sigma = 1) {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.exp(Math.log(mean) - sigma ** 2 / 2 + sigma * normal);
}

/** The id in the question of a turn. */
export function orderOf(turn) {
  return `ord-${Math.imul(turn + 1, 2_654_435_761 | 0) >>> 0}`;
}

/**
 * The turns of some sessions, each a trace of five observations, as they happen: about 200 sessions are open at once.
 *
 * @param {number} sessions
 * @param {number} turnsPerSession mean.
 */
export function* turns(sessions, turnsPerSession) {
  const open = [];
  let [next, number] = [0, 0];
  for (;;) {
    while (open.length < 200 && next < sessions) {
      open.push({ id: `session-${next++}`, left: Math.ceil(lognormal(turnsPerSession)), history: [] });
    }
    if (open.length === 0) return;
    const at = Math.floor(random() * open.length);
    const session = open[at];
    session.left -= 1;
    if (session.left <= 0) open.splice(at, 1);
    yield aTurn(number++, session);
  }
}

function aTurn(number, { id, history }) {
  const startMs = 1_780_000_000_000 + number * 1_000;
  const question = `${words(lognormal(12))} ${orderOf(number)}`;
  const answer = words(lognormal(90));
  const traceId = (number + 1).toString(16).padStart(32, '0');
  const observation = (n, say, body = {}) => ({
    ...{ traceId, id: n.toString(16).padStart(16, '0'), parentId: n === 1 ? null : '1'.padStart(16, '0') },
    ...{ startMs: startMs + n, endMs: startMs + 500 - n, firstTokenMs: null, level: 'DEFAULT', statusMessage: null },
    ...{ service: 'chat', scope: 'bench', environment: 'production', version: null, model: null, provider: null },
    ...{ modelParameters: {}, usage: {}, cost: {}, costEstimated: false, prompt: null },
    trace: n === 1 ? { sessionId: id, userId: `user-${id.length}` } : {},
    ...say,
    body: { input: null, output: null, metadata: {}, events: [], ...body },
  });
  history.push({ role: 'user', content: question });
  const input = JSON.stringify(history);
  history.push({ role: 'assistant', content: answer });
  const passages = JSON.stringify({ documents: [words(60), words(60), words(60)] });
  return [
    observation(1, { type: 'span', name: 'chat-turn' }, { input: question, output: answer }),
    observation(2, { type: 'retriever', name: 'search-passages' }, { input: question, output: passages }),
    observation(3, { type: 'tool', name: `tool_${number % 20}` }, { input: '{"n":1}', output: '{"ok":true}' }),
    observation(4, { type: 'chain', name: 'build-prompt' }),
    observation(
      5,
      {
        type: 'generation',
        name: 'answer',
        model: `model-${number % 5}`,
        usage: { input: 900, output: 200, total: 1_100 },
      },
      { input, output: JSON.stringify({ role: 'assistant', content: answer }) },
    ),
  ];
}
