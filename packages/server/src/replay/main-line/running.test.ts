import { describe, expect, it } from 'vitest';
import { assistant, call, replayOf, root, saidIn, user } from './testing.js';

const QUESTION = 'What is the return window?';
const ANSWER = 'You can return it within 60 days.';
const exchange = [`user: ${QUESTION}`, `assistant: ${ANSWER}`];
const main = call('chat', 2_000, [user(QUESTION)], assistant(ANSWER));

describe('a turn that is running', () => {
  const rewrite = call('chat', 1_000, [user('And batteries?')], assistant('return window of batteries'));

  it('shows no answer before its root has ended', () => {
    const open = root({ endMs: null });
    expect(saidIn([open, rewrite], 60_000)).toEqual([['user: And batteries?']]);
    expect(replayOf([open, rewrite], 60_000).turns[0]).toMatchObject({ running: true });
  });

  it('shows what there is when its root has not ended and nothing was heard of it for a quarter of an hour', () => {
    const open = root({ endMs: null });
    const afterMs = 2_000 + 15 * 60_000;
    expect(saidIn([open, rewrite], afterMs)).toEqual([
      ['user: And batteries?', 'assistant: return window of batteries'],
    ]);
    expect(replayOf([open, rewrite], afterMs)).toMatchObject({
      traces: [{ running: false }],
      turns: [{ running: false }],
    });
  });

  it('shows no answer before its root has arrived', () => {
    expect(saidIn([rewrite], 3_000)).toEqual([['user: And batteries?']]);
    expect(replayOf([rewrite], 3_000).turns[0]).toMatchObject({ running: true, doubts: [] });
  });

  it('shows what there is, with a doubt, when its root has not arrived for long', () => {
    expect(saidIn([rewrite], 200_000)).toEqual([['user: And batteries?', 'assistant: return window of batteries']]);
    expect(replayOf([rewrite], 200_000).turns[0]).toMatchObject({ running: false, doubts: ['root-missing'] });
  });

  it('shows the answers of a conversation that goes on in one trace', () => {
    const second = call('b', 20_000, [user(QUESTION), assistant(ANSWER), user('Sure?')], assistant('Yes.'));
    const third = call(
      'c',
      40_000,
      [user(QUESTION), assistant(ANSWER), user('Sure?'), assistant('Yes.'), user('Why?')],
      undefined,
      { endMs: null },
    );
    expect(saidIn([root({ endMs: null }), main, second, third])).toEqual([
      exchange,
      ['user: Sure?', 'assistant: Yes.'],
      ['user: Why?'],
    ]);
  });
});
