import type { ReplayMessage } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { observation, replayDocument, turn } from '../testing/replay-document.js';
import { compareTurns, undecidedMessages } from './compare-turns.js';
import { comparedTurns, figuresOf } from './side.js';

/** A session of turns, each a question, an answer and the tools that ran, every second one. */
function session(...said: readonly [question: string, answer: string, ...tools: string[]][]) {
  const observations = said.flatMap(([, , ...tools], n) => [
    observation({ id: `root${n}`, traceId: `t${n}`, startMs: n * 1_000 }),
    ...tools.map((name, k) =>
      observation({
        ...{ id: `${n}.${k}`, traceId: `t${n}`, parentId: `root${n}`, type: 'tool', startMs: n * 1_000 + k },
        name: name.replace('!', ''),
        level: name.endsWith('!') ? 'ERROR' : 'DEFAULT',
      }),
    ),
  ]);
  const message = (role: 'user' | 'assistant', text: string, n: number) => ({
    ...{ role, parts: [{ type: 'text', text } as const], atMs: n * 1_000, observationId: `root${n}` },
  });
  return replayDocument(observations, {
    turns: said.map(([question, answer], n) =>
      turn({
        ...{ traceId: `t${n}`, startMs: n * 1_000, endMs: n * 1_000 + 500, totalTokens: 10, totalCost: 0.01 },
        messages: [message('user', question, n), message('assistant', answer, n)],
      }),
    ),
  });
}

const compare = (a: ReturnType<typeof session>, b: ReturnType<typeof session>) =>
  compareTurns(comparedTurns(a, null), comparedTurns(b, null));

describe('two sessions', () => {
  it('that went the same way do not part', () => {
    const one = session(['Hello?', 'Hi!'], ['Refund?', 'In 30 days.', 'search']);
    expect(compare(one, one)).toMatchObject({ partsAt: -1, rows: [{ differences: [] }, { differences: [] }] });
  });

  it('part where an answer is another, and say at which word', () => {
    const { partsAt, rows } = compare(
      session(['Hello?', 'Hi!'], ['Refund?', 'In 30 days.', 'search']),
      session(['Hello?', 'Hi!'], ['Refund?', 'In 14 days.', 'search']),
    );
    expect(partsAt).toBe(1);
    expect(rows[1]).toMatchObject({ differences: ['answer'], answerPartsAt: 3 });
  });

  it('part where other tools ran, or one failed, though the answer is the same', () => {
    const { rows } = compare(
      session(['a', 'x', 'search', 'pay'], ['b', 'x', 'pay']),
      session(['a', 'x', 'search', 'lookup', 'pay'], ['b', 'x', 'pay!']),
    );
    expect(rows.map(({ differences }) => differences)).toEqual([['steps'], ['steps']]);
    expect(rows[0]?.steps.map((pair) => pair.map((step) => step?.name ?? null))).toEqual([
      ['search', 'search'],
      [null, 'lookup'],
      ['pay', 'pay'],
    ]);
  });

  it('are aligned by what was asked, however it is laid out; a question that one does not have stands alone', () => {
    const { partsAt, rows } = compare(
      session(['Hello?', 'Hi!'], ['Which  order?\n', '7'], ['Refund?', 'Yes']),
      session(['hello?', 'Hi!'], ['Refund?', 'Yes']),
    );
    expect(rows.map(({ pair }) => pair.map((each) => each?.number ?? null))).toEqual([
      [1, 1],
      [2, null],
      [3, 2],
    ]);
    expect(partsAt).toBe(1);
  });
});

it('two turns stand side by side, whatever was asked in them', () => {
  const one = session(['a', 'x'], ['b', 'y']);
  const { rows } = compareTurns(comparedTurns(one, 1), comparedTurns(one, 2));
  expect(rows).toMatchObject([{ differences: ['question', 'answer'] }]);
});

it('a side adds up its turns, without the time between them', () => {
  expect(figuresOf(comparedTurns(session(['a', 'x', 'search'], ['b', 'y']), null))).toEqual({
    ...{ turnCount: 2, stepCount: 1, errorCount: 0, workMs: 1_000, totalTokens: 20, totalCost: 0.02 },
  });
});

describe('texts that a document holds only in part', () => {
  /** A session whose only answer is cut after these words. */
  function cutSession(beginning: string, length: number) {
    const whole = session(['Refund?', beginning]);
    const [one] = whole.turns;
    if (one === undefined) throw new Error('a session of one turn');
    const messages = one.messages.map((message) =>
      message.role === 'assistant'
        ? { ...message, key: `key of ${length}`, parts: [{ type: 'text' as const, text: beginning, cut: length }] }
        : message,
    );
    return { ...whole, turns: [{ ...one, messages }] };
  }
  const read = (text: string) => (message: ReplayMessage) => ({ ...message, parts: [{ type: 'text' as const, text }] });
  const turnsOf = (document: ReturnType<typeof session>, text?: string) =>
    comparedTurns(document, null, text === undefined ? undefined : read(text));

  it('are read whole where they are the same as far as they are known', () => {
    const [a, b] = [cutSession('It takes', 5_000), cutSession('It takes', 6_000)];
    const undecided = undecidedMessages(compareTurns(turnsOf(a), turnsOf(b)));
    expect(undecided.map(({ message }) => message.key)).toEqual(['key of 5000', 'key of 6000']);
    const decided = compareTurns(turnsOf(a, 'It takes 30 days.'), turnsOf(b, 'It takes 14 days.'));
    expect(undecidedMessages(decided)).toEqual([]);
    expect(decided.rows).toMatchObject([{ differences: ['answer'], answerPartsAt: 9 }]);
  });

  it('are not read where they part before', () => {
    const [a, b] = [cutSession('In 30 days', 5_000), cutSession('Never', 5_000)];
    expect(undecidedMessages(compareTurns(turnsOf(a), turnsOf(b)))).toEqual([]);
  });
});

it('a step that never ended is not said to run', () => {
  const one = session(['a', 'x', 'search']);
  const observations = one.observations.map((each) => (each.name === 'search' ? { ...each, endMs: null } : each));
  const steps = (running: boolean) =>
    comparedTurns({ ...one, observations, traces: one.traces.map((trace) => ({ ...trace, running })) }, null)
      .flatMap((compared) => compared.steps)
      .map(({ length }) => length);
  expect([steps(true), steps(false)]).toEqual([['running'], ['did not end']]);
});
