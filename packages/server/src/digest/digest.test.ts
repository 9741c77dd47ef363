import { describe, expect, it } from 'vitest';
import type { Observation } from '../observation/observation.js';
import { memoryStore } from '../store/memory.js';
import { anObservation, spanId, traceId } from '../store/testing.js';
import { digestTrace } from './index.js';
import { aTurn } from './testing.js';

/** The session with the names that its traces give it. */
async function named(...batch: readonly Observation[]) {
  const store = memoryStore(digestTrace);
  await store.write('p', batch);
  return store.getSession('p', 's');
}

const turn = (trace: number, question: string, answer: string, metadata = {}) =>
  aTurn({ trace, sessionId: 's', question, answer, metadata });

describe('the name of a session', () => {
  it('is its first question, whichever trace came first', async () => {
    const session = await named(...turn(2, 'And how?', 'By post.'), ...turn(1, 'May I return it?', 'Yes.\nAsk us.'));
    expect(session).toMatchObject({ name: 'May I return it?', lastAnswer: 'By post.', turnCount: 2 });
  });

  it('is the question of a turn, not the history that it repeats', async () => {
    const history = [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Good day' },
    ];
    const question = 'May I return it?';
    const session = await named(...aTurn({ trace: 1, sessionId: 's', question, answer: 'Yes.', history }));
    expect(session).toMatchObject({ name: 'May I return it?', turnCount: 1 });
  });

  it.each(['session_title', 'sessionTitle'])('is the latest title that the application set as %s', async (key) => {
    const session = await named(
      ...turn(1, 'May I return it?', 'Yes.', { [key]: 'Returns' }),
      ...turn(2, 'And how?', 'By post.', { [key]: 'Returns by post' }),
      ...turn(3, 'Thanks', 'My pleasure.', { [key]: 7 }),
    );
    expect(session?.name).toBe('Returns by post');
  });

  it('is one line of at most 200 characters, and so is the last answer', async () => {
    const session = await named(...turn(1, ' a\n\n b \t c '.repeat(100), `\n\n# ${'😀'.repeat(200)}\nmore`));
    expect(session?.name).toMatch(/^(a b c )+a…$/);
    expect(session?.name).toHaveLength(200);
    expect(session?.lastAnswer).toMatch(/^# (😀)+…$/u);
    expect(session?.lastAnswer?.length).toBeLessThanOrEqual(200);
  });

  it('is null when there are no messages', async () => {
    const session = await named(anObservation({ trace: { sessionId: 's' } }));
    expect(session).toMatchObject({ name: null, lastAnswer: null, turnCount: 0 });
  });
});

describe('the text that search finds of a trace', () => {
  const find = async (text: string, ...batch: readonly Observation[]) => {
    const store = memoryStore(digestTrace);
    await store.write('p', batch);
    const { results } = await store.searchSessions('p', { text, limit: 10 });
    return results.flatMap(({ matches }) => matches.map(({ kind, observationId }) => [kind, observationId]));
  };

  it('is the question, the answer, and the names of tools and agents', async () => {
    const said = turn(1, 'May I return it?', 'By post.');
    expect(await find('return', ...said)).toEqual([['question', spanId(3)]]);
    expect(await find('post', ...said)).toEqual([['answer', spanId(3)]]);
    expect(await find('look_up', ...said)).toEqual([['tool', spanId(2)]]);
    expect(await find('customer', ...said)).toEqual([['observation', spanId(3)]]);
  });

  it('includes a tool that a model called, even if the tool itself was not recorded', async () => {
    const calls = [{ id: '1', type: 'function', function: { name: 'get_weather', arguments: '{}' } }];
    const call = anObservation({
      ...{ type: 'generation', trace: { sessionId: 's' } },
      body: {
        input: JSON.stringify([{ role: 'user', content: 'Rain?' }]),
        output: JSON.stringify({ role: 'assistant', content: null, tool_calls: calls }),
      },
    });
    expect(await find('weather', call)).toEqual([['tool', 'b'.repeat(16)]]);
  });

  it('includes error messages', async () => {
    const failed = anObservation({ level: 'ERROR', statusMessage: 'Quota exceeded', trace: { sessionId: 's' } });
    expect(await find('quota', failed)).toEqual([['error', 'b'.repeat(16)]]);
  });

  it('includes what an error in JSON says, before the JSON', async () => {
    const statusMessage = `Error code: 429 - {'error': {'type': 'rate_limit', 'message': 'Quota exceeded'}}`;
    const failed = anObservation({ level: 'ERROR', statusMessage, trace: { sessionId: 's' } });
    expect(await find('"429 - quota exceeded"', failed)).toEqual([['error', 'b'.repeat(16)]]);
    expect(await find('rate_limit', failed)).toEqual([['error', 'b'.repeat(16)]]);
  });

  it('includes an answer that is structured output in JSON', async () => {
    const call = anObservation({
      ...{ type: 'generation', trace: { sessionId: 's' } },
      body: { input: JSON.stringify([{ role: 'user', content: 'Where?' }]), output: '{"city":"Lisbon"}' },
    });
    expect(await find('lisbon', call)).toEqual([['answer', 'b'.repeat(16)]]);
  });

  it('leaves out the history that a turn repeats', async () => {
    const history = [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Good day' },
    ];
    const later = aTurn({ trace: 1, sessionId: 's', question: 'How?', answer: 'So.', history });
    expect(await find('hello', ...later)).toEqual([]);
  });

  it('is empty for a trace without a session', async () => {
    const said = aTurn({ trace: 1, question: 'May I return it?', answer: 'Yes.' });
    expect(await find('return', ...said)).toEqual([]);
  });

  it('has the first question and the last answer, even if a trace has more text than a digest reads', async () => {
    const filler = 'x'.repeat(900_000);
    const calls = Array.from({ length: 8 }, (_, n) =>
      anObservation({
        ...{ traceId: traceId(1), id: spanId(n + 2), parentId: spanId(1), type: 'generation' },
        ...{ startMs: n * 10_000, endMs: n * 10_000 + 5, trace: { sessionId: 's' } },
        body: {
          input: JSON.stringify([{ role: 'user', content: `question${n} ${filler}` }]),
          output: JSON.stringify({ role: 'assistant', content: `answer${n}` }),
        },
      }),
    );
    const root = anObservation({ traceId: traceId(1), id: spanId(1), startMs: 0, endMs: 90_000, trace: {} });
    expect(await find('question0', root, ...calls)).toEqual([['question', spanId(2)]]);
    expect(await find('answer7', root, ...calls)).toEqual([['answer', spanId(9)]]);
  });
});
