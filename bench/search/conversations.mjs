import { numbers } from '../lib/random.mjs';

/**
 * Conversations of a realistic shape, always the same: lengths are lognormal, words are as frequent as in a language, each question
 * has an id, and each call of a model carries the history. Few users, tags, models and services are frequent and most are rare, and
 * some metadata is different for every turn: what the lists of `bench/lists` are narrowed to.
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

const PLANS = ['free', 'pro', 'team'];
const ENVIRONMENTS = ['production', 'production', 'production', 'staging', 'dev'];
const RELEASES = 16;

/** From 0 to below `count`; of rank r about 1/r as often as the first. */
const zipf = (count) => Math.min(count - 1, Math.floor(count ** random()) - 1);
const word = () => WORDS[zipf(WORDS.length)];
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
 * @param {number} first the number of the first turn and session: others than those of another call.
 */
export function* turns(sessions, turnsPerSession, first = 0) {
  const open = [];
  let [next, number] = [0, first];
  for (;;) {
    while (open.length < 200 && next < sessions) {
      const user = `user-${zipf(Math.ceil(sessions / 4))}`;
      open.push({
        id: `session-${first + next}`,
        user,
        plan: PLANS[next % 3],
        left: Math.ceil(lognormal(turnsPerSession)),
        history: [],
      });
      next += 1;
    }
    if (open.length === 0) return;
    const at = Math.floor(random() * open.length);
    const session = open[at];
    session.left -= 1;
    if (session.left <= 0) open.splice(at, 1);
    yield aTurn(number, session, Math.floor((number / (sessions * turnsPerSession)) * RELEASES));
    number += 1;
  }
}

function aTurn(number, { id, user, plan, history }, release) {
  const startMs = 1_780_000_000_000 + number * 1_000;
  const question = `${words(lognormal(12))} ${orderOf(number)}`;
  const answer = words(lognormal(90));
  const durationMs = 500 + Math.round(lognormal(3_000));
  const tokens = Math.round(lognormal(900));
  const service = `service-${zipf(8)}`;
  const trace = {
    ...{ sessionId: id, userId: user, name: `route-${zipf(20)}`, environment: ENVIRONMENTS[Math.floor(random() * 5)] },
    ...{ release: `2026.${release}`, version: `v${1 + Math.floor(release / 4)}` },
    tags: [`tag-${zipf(30)}`, `tag-${zipf(30)}`],
    metadata: { plan, requestId: `request-${number}` },
  };
  const traceId = (number + 1).toString(16).padStart(32, '0');
  const observation = (n, say, body = {}) => ({
    ...{ traceId, id: n.toString(16).padStart(16, '0'), parentId: n === 1 ? null : '1'.padStart(16, '0') },
    ...{
      startMs: startMs + n,
      endMs: startMs + durationMs - n,
      firstTokenMs: null,
      level: 'DEFAULT',
      statusMessage: null,
    },
    ...{ service, scope: 'bench', environment: null, version: null, model: null, provider: null },
    ...{ modelParameters: {}, usage: {}, cost: {}, costEstimated: false, prompt: null },
    trace: n === 1 ? trace : {},
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
    observation(
      3,
      { type: 'tool', name: `tool_${number % 20}`, level: random() < 0.05 ? 'ERROR' : 'DEFAULT' },
      { input: '{"n":1}', output: '{"ok":true}' },
    ),
    observation(4, { type: 'chain', name: 'build-prompt' }),
    observation(
      5,
      {
        type: 'generation',
        name: 'answer',
        model: `model-${zipf(12)}`,
        usage: { input: tokens, output: 200, total: tokens + 200 },
        cost: { total: tokens / 1e6 },
      },
      { input, output: JSON.stringify({ role: 'assistant', content: answer }) },
    ),
  ];
}
