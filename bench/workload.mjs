import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';

/**
 * What is traced. The sizes follow LLM applications: A1 is a small helper function, A2 a step with a passage of text in
 * and out, A3 one model call with its chat history, A4 a prompt with a whole document in it. 64 variants of each, so that
 * no library benefits from seeing the same string again.
 */

const VARIANTS = 64;
const WORDS =
  'the session holds every trace of one conversation and shows what was asked retrieved called answered when it broke'.split(
    ' ',
  );

/** Text of about `bytes` bytes that differs with `seed`. */
function text(bytes, seed) {
  let state = seed + 1;
  let result = '';
  while (result.length < bytes) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    result += `${WORDS[(state >>> 8) % WORDS.length]} `;
  }
  return result.slice(0, bytes);
}

const variants = (make) => Array.from({ length: VARIANTS }, (_, index) => make(index));

/** `perOperation` is how many observations one operation records; `count` how many operations one slice of a measurement runs. */
export const cases = {
  A1: {
    title: 'observed async function, nested two deep, 90 B of JSON',
    perOperation: 2,
    count: 5_000,
    payloads: variants((seed) => ({ query: text(40, seed), limit: 5 + seed, fresh: true, source: 'documents' })),
  },
  A2: {
    title: 'start, update, end; 1 KB in, 1 KB out',
    perOperation: 1,
    count: 5_000,
    payloads: variants((seed) => ({
      input: { question: text(1_000, seed), filter: { language: 'en' } },
      output: { answer: text(1_000, seed + 100), sources: ['a', 'b'] },
    })),
  },
  A3: {
    title: 'generation with model, parameters, usage, 4 messages in and 1 out, 4.1 KB',
    perOperation: 1,
    count: 4_000,
    payloads: variants((seed) => ({
      model: 'gpt-4o',
      parameters: { temperature: 0.7, max_tokens: 512, top_p: 1 },
      input: [
        { role: 'system', content: text(800, seed) },
        { role: 'user', content: text(700, seed + 1) },
        { role: 'assistant', content: text(900, seed + 2) },
        { role: 'user', content: text(600, seed + 3) },
      ],
      output: { role: 'assistant', content: text(900, seed + 4) },
      usage: { input: 812, output: 245, total: 1_057 },
    })),
  },
  A4: {
    title: 'start, update, end; one 50 KB input',
    perOperation: 1,
    count: 500,
    payloads: variants((seed) => ({ input: { document: text(50_000, seed) }, output: { summary: text(600, seed) } })),
  },
};

/** Runs one operation after another in bursts, with a turn of the event loop after each, or a pause of some milliseconds. */
export async function runOperations(operation, payloads, count, burst = 50, pauseMs = 0) {
  for (let index = 0; index < count; index += 1) {
    const pending = operation(payloads[index % payloads.length]);
    if (pending !== undefined) await pending;
    if (index % burst === burst - 1) await (pauseMs > 0 ? pause(pauseMs) : nextTurn());
  }
}
