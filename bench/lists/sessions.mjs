import { numbers } from '../lib/random.mjs';

/**
 * Sessions of a realistic shape, always the same: lengths are lognormal, a few users, tags and services are frequent and most are
 * rare, and some metadata is different for every trace.
 */

const DAY_MS = 86_400_000;

/**
 * The traces of some sessions, each a list of observations, in the order in which they end.
 *
 * @param {{ sessions: number, tracesPerSession: number, observationsPerTrace: number }} size means.
 */
export function* traces({ sessions, tracesPerSession, observationsPerTrace }) {
  const random = numbers(7);
  const lengths = Array.from({ length: sessions }, () => lognormal(random, tracesPerSession));
  const left = [...lengths];
  const users = Array.from({ length: sessions }, () => zipf(random, Math.ceil(sessions / 4)));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const open = left.map((_, index) => index);
  const first = 1_780_000_000_000;
  for (let number = 0; number < total; number++) {
    // Sessions are open for a while, one after the other.
    const at = Math.floor(random() * Math.min(open.length, 200));
    const session = open[at];
    left[session] -= 1;
    if (left[session] === 0) open.splice(at, 1);
    const startMs = first + Math.floor((number / total) * 60 * DAY_MS);
    yield aTrace(random, {
      number,
      session,
      user: users[session],
      startMs,
      size: lognormal(random, observationsPerTrace),
    });
  }
}

function aTrace(random, { number, session, user, startMs, size }) {
  const traceId = (number + 1).toString(16).padStart(32, '0');
  const durationMs = Math.round(lognormal(random, 3_000));
  const model = `model-${zipf(random, 12)}`;
  const trace = {
    name: `route-${zipf(random, 20)}`,
    sessionId: `session-${session}`,
    userId: `user-${user}`,
    environment: ['production', 'production', 'production', 'staging', 'dev'][Math.floor(random() * 5)],
    release: `2026.${Math.floor(number / 10_000)}`,
    version: `v${1 + Math.floor(number / 40_000)}`,
    tags: [`tag-${zipf(random, 30)}`, `tag-${zipf(random, 30)}`],
    metadata: { plan: ['free', 'pro', 'team'][session % 3], region: `r${user % 7}`, requestId: `request-${number}` },
  };
  return Array.from({ length: size }, (_, index) => {
    const common = {
      ...{ traceId, id: idOf(number, index), parentId: index === 0 ? null : idOf(number, 0) },
      startMs: startMs + index,
      endMs: startMs + (index === 0 ? durationMs : Math.min(durationMs, index + 500)),
      level: random() < 0.01 ? 'ERROR' : 'DEFAULT',
      service: `service-${zipf(random, 8)}`,
      ...{ firstTokenMs: null, statusMessage: null, scope: 'bench', environment: null, version: null, provider: null },
      ...{ modelParameters: {}, costEstimated: false, prompt: null, trace: index === 0 ? trace : {} },
    };
    if (index % 3 === 1) return { ...common, ...aCall(random, number, model) };
    const name = index === 0 ? trace.name : `tool-${zipf(random, 15)}`;
    return {
      ...common,
      ...{ type: index === 0 ? 'agent' : 'tool', name, model: null, usage: {}, cost: {} },
      body: bodyOf(),
    };
  });
}

function aCall(random, number, model) {
  const tokens = lognormal(random, 900);
  const question = JSON.stringify([{ role: 'user', content: `question ${number} ${'word '.repeat(60)}` }]);
  return {
    ...{ type: 'generation', name: 'answer', model },
    ...{ usage: { input: tokens, output: 100, total: tokens + 100 }, cost: { total: tokens / 1e6 } },
    body: bodyOf(question, `answer ${number} ${'word '.repeat(40)}`),
  };
}

function bodyOf(input = null, output = null) {
  return { input, output, metadata: {}, events: [] };
}

function idOf(number, index) {
  return (number * 1_000 + index + 1).toString(16).padStart(16, '0');
}

/** At least 1; `mean` on average. */
function lognormal(random, mean) {
  const gauss = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.max(1, Math.round(Math.exp(Math.log(mean) - 0.5 + gauss)));
}

/** From 0 to below `count`, the small ones often. */
function zipf(random, count) {
  return Math.min(count - 1, Math.floor(count ** random()) - 1);
}
