import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyKey, toReplay } from './index.js';
import { body, storedObservation as observation, session, storedTrace as trace } from './testing.js';

const none = new Map();

describe('the tree of a replay', () => {
  it('is in order of start, a parent before a child of the same instant, whatever order observations came in', () => {
    const { observations } = toReplay(
      session,
      [trace('trace')],
      [
        observation('late', { startMs: 9, parentId: 'root' }),
        observation('child', { parentId: 'root' }),
        observation('grandchild', { parentId: 'child' }),
        observation('root'),
      ],
      none,
    );
    expect(observations.map(({ id, depth }) => [id, depth])).toEqual([
      ['root', 0],
      ['child', 1],
      ['grandchild', 2],
      ['late', 1],
    ]);
  });

  it('shows a child whose parent never arrived as a root, marked', () => {
    const { observations } = toReplay(session, [trace('trace')], [observation('a', { parentId: 'gone' })], none);
    expect(observations[0]).toMatchObject({ id: 'a', parentId: null, depth: 0, orphan: true });
  });

  it('says what an error in JSON says in words, beside the error as it was sent', () => {
    const statusMessage = '400 {"error":{"message":"The model exploded"}}';
    const plain = observation('b', { level: 'ERROR', statusMessage: 'The model exploded' });
    const all = [observation('a', { level: 'ERROR', statusMessage }), plain];
    const [sent, said] = toReplay(session, [trace('trace')], all, none).observations;
    expect(sent).toMatchObject({ statusMessage, statusReason: '400 The model exploded' });
    expect(said).not.toHaveProperty('statusReason');
  });

  it('marks the call that repeats a request beside it, and counts the other', () => {
    const call = { type: 'generation', endMs: 5, usage: { total: 120 }, responseId: 'msg_1' } as const;
    const all = [observation('a', call), observation('b', { ...call, scope: 'another instrumentation' })];
    const [first, second] = toReplay(session, [trace('trace')], all, none).observations;
    expect(first).toMatchObject({ countedTokens: 120 });
    expect(first).not.toHaveProperty('isRepeat');
    expect(second).toMatchObject({ countedTokens: 0, isRepeat: true });
  });

  it('does not take a parent from another trace', () => {
    const found = [observation('a', { traceId: 't1' }), observation('b', { traceId: 't2', parentId: 'a' })];
    const { observations } = toReplay(session, [trace('t1'), trace('t2')], found, none);
    expect(observations.find(({ id }) => id === 'b')).toMatchObject({ parentId: null, orphan: true });
  });

  it('cuts a cycle of parents at its earliest member and keeps all of them', () => {
    const { observations } = toReplay(
      session,
      [trace('trace')],
      [
        observation('a', { startMs: 5, parentId: 'c' }),
        observation('b', { startMs: 1, parentId: 'a' }),
        observation('c', { startMs: 3, parentId: 'b' }),
        observation('self', { startMs: 9, parentId: 'self' }),
      ],
      none,
    );
    expect(observations.map(({ id, parentId, depth }) => [id, parentId, depth])).toEqual([
      ['b', null, 0],
      ['c', 'b', 1],
      ['a', 'c', 2],
      ['self', null, 0],
    ]);
  });

  it.each([
    [50, false],
    [51, true],
  ])('marks a child that starts %i ms before its parent as skewed: %s', (early, skewed) => {
    const found = [observation('root', { startMs: 100 }), observation('a', { startMs: 100 - early, parentId: 'root' })];
    const { observations } = toReplay(session, [trace('trace')], found, none);
    expect(observations.find(({ id }) => id === 'a')?.skewed).toBe(skewed);
  });

  it('keeps every observation once, with a parent that is there and one level above', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const anyObservations = fc.array(
      fc.record({ parent: fc.option(fc.constantFrom(...ids, 'gone')), startMs: fc.integer({ min: 0, max: 500 }) }),
      { minLength: 1, maxLength: ids.length },
    );
    fc.assert(
      fc.property(anyObservations, (drawn) => {
        const found = ids
          .slice(0, drawn.length)
          .map((id, index) =>
            observation(id, { parentId: drawn[index]?.parent ?? null, startMs: drawn[index]?.startMs ?? 0 }),
          );
        const { observations } = toReplay(session, [trace('trace')], found, none);
        expect(observations.map(({ id }) => id).sort()).toEqual(found.map(({ id }) => id));
        const depths = new Map(observations.map(({ id, depth }) => [id, depth]));
        for (const { parentId, depth } of observations) {
          expect(depth).toBe(parentId === null ? 0 : (depths.get(parentId) ?? Number.NaN) + 1);
        }
      }),
    );
  });
});

describe('the times of a replay', () => {
  it('count from the first start, to the microsecond', () => {
    const found = [observation('a', { startMs: 1_000.125, endMs: 1_003.5, firstTokenMs: 1_001.1256 })];
    const replay = toReplay(session, [trace('trace')], found, none);
    expect(replay).toMatchObject({ startedAtMs: 1_000.125, durationMs: 3.375 });
    expect(replay.observations[0]).toMatchObject({ startMs: 0, endMs: 3.375, firstTokenMs: 1.001 });
  });

  it('show an end before its start at the start', () => {
    const { observations } = toReplay(session, [trace('trace')], [observation('a', { startMs: 9, endMs: 2 })], none);
    expect(observations[0]).toMatchObject({ startMs: 0, endMs: 0 });
  });

  it('give an open observation no end, and last until the last known time of its trace', () => {
    const found = [observation('a', { endMs: null })];
    const replay = toReplay(session, [trace('trace', { endMs: 70 })], found, none);
    expect(replay.observations[0]?.endMs).toBeNull();
    expect(replay.durationMs).toBe(70);
  });

  it('have a gap when nothing ran for more than two seconds, none under a long observation', () => {
    const found = [
      observation('long', { startMs: 0, endMs: 5_000 }),
      observation('short', { startMs: 10, endMs: 20 }),
      observation('after', { startMs: 7_000, endMs: 7_100 }),
      observation('later', { startMs: 9_101, endMs: 9_200 }),
    ];
    expect(toReplay(session, [trace('trace')], found, none).gaps).toEqual([{ startMs: 7_100, endMs: 9_101 }]);
  });
});

describe('the lanes of a replay', () => {
  it('separate services, and parallel traces of a service', () => {
    const found = [
      observation('a', { traceId: 't1', service: 'chat', endMs: 10 }),
      observation('b', { traceId: 't2', service: 'chat', startMs: 5, endMs: 15 }),
      observation('c', { traceId: 't3', service: 'chat', startMs: 20, endMs: 30 }),
      observation('d', { traceId: 't3', service: 'search', startMs: 21, endMs: 22 }),
    ];
    const { lanes, observations } = toReplay(session, [trace('t1'), trace('t2'), trace('t3')], found, none);
    expect(lanes.map(({ label }) => label)).toEqual(['chat', 'chat (2)', 'search']);
    expect(observations.map(({ id, lane }) => [id, lane])).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 0],
      ['d', 2],
    ]);
  });
});

describe('the turns of a replay', () => {
  const turnOf = (input: unknown, output: unknown) => {
    const root = observation('root', { type: 'generation', model: 'gpt-4o' });
    const bodies = new Map([[bodyKey(root), body(input, output)]]);
    return toReplay(session, [trace('trace')], [root], bodies).turns[0];
  };
  const textsOf = (input: unknown, output: unknown) =>
    turnOf(input, output)?.messages.map(({ role, parts }) => [
      role,
      ...parts.map((part) => 'text' in part && part.text),
    ]);

  it('contain what the turn added, not the history', () => {
    const history = [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'First?' },
      { role: 'assistant', content: 'One.' },
      { role: 'user', content: 'Second?' },
    ];
    expect(textsOf(history, { role: 'assistant', content: 'Two.' })).toEqual([
      ['user', 'Second?'],
      ['assistant', 'Two.'],
    ]);
  });

  it('read plain objects with a query and an answer', () => {
    expect(textsOf({ query: 'Why?', topK: 3 }, { answer: 'Because.', sources: [] })).toEqual([
      ['user', 'Why?'],
      ['assistant', 'Because.'],
    ]);
  });

  it('begin with the question of a chain that failed before it called a model, below what the application put around it', () => {
    const chain = observation('chain', { parentId: 'workflow', type: 'chain', level: 'ERROR' });
    const found = [
      observation('root'),
      observation('workflow', { parentId: 'root', type: 'agent' }),
      chain,
      observation('search', { parentId: 'chain', type: 'retriever', level: 'ERROR' }),
    ];
    const bodies = new Map([[bodyKey(chain), body({ query: 'Which city?' }, null)]]);
    const { turns } = toReplay(session, [trace('trace')], found, bodies);
    expect(turns.map(({ messages }) => messages.map(({ parts }) => parts))).toEqual([
      [[{ type: 'text', text: 'Which city?' }]],
    ]);
  });

  it('show a value that is not language as JSON', () => {
    expect(turnOf({ a: 1, b: 2 }, null)?.messages).toMatchObject([
      { role: 'user', parts: [{ type: 'json', value: { a: 1, b: 2 } }] },
    ]);
  });

  it('name the steps, models and errors in order of start', () => {
    const found = [
      observation('root', { level: 'ERROR' }),
      observation('tool', { type: 'tool', startMs: 2, parentId: 'root', level: 'ERROR' }),
      observation('call', { type: 'generation', startMs: 1, parentId: 'root', model: 'gpt-4o' }),
    ];
    expect(toReplay(session, [trace('trace')], found, none).turns).toMatchObject([
      { steps: ['call', 'tool'], models: ['gpt-4o'], errors: ['root', 'tool'], messages: [] },
    ]);
  });
});

describe('the counted usage of an observation', () => {
  it('is its part of the totals: usage is shown on every observation, and counted on one of two of the same call', () => {
    const used = (total: number, cost?: number) => ({
      usage: { input: total, total },
      cost: cost === undefined ? {} : { total: cost },
    });
    const found = [
      observation('agent', { type: 'agent', ...used(220, 1) }),
      observation('outer', { type: 'generation', parentId: 'agent', ...used(120) }),
      observation('inner', { type: 'generation', parentId: 'outer', ...used(120, 0.5) }),
      observation('wrapper', { type: 'generation', parentId: 'agent' }),
      observation('wrapped', { type: 'generation', parentId: 'wrapper', ...used(100) }),
    ];
    const { observations } = toReplay(session, [trace('trace')], found, none);
    const byId = new Map(observations.map((one) => [one.id, one]));
    const counted = (id: string) => [
      byId.get(id)?.usage?.total,
      byId.get(id)?.countedTokens,
      byId.get(id)?.countedCost,
    ];
    expect(counted('agent')).toEqual([220, 0, null]);
    expect(counted('outer')).toEqual([120, 120, null]);
    expect(counted('inner')).toEqual([120, 0, 0.5]);
    expect(counted('wrapped')).toEqual([100, 100, null]);
  });
});

describe('what is not a language', () => {
  const shown = (type: 'chain' | 'embedding', input: unknown, output: unknown) => {
    const observations = [observation('root', { type: 'chain' }), observation('call', { type, parentId: 'root' })];
    const bodies = new Map([[bodyKey({ traceId: 'trace', id: 'root' }), body(input, output)]]);
    const { turns } = toReplay(session, [trace('trace')], observations, bodies);
    return turns.flatMap(({ messages }) => messages).map(({ parts }) => parts);
  };

  it('is shown as it is, but for the vectors of an embedding and the arguments of a call with none', () => {
    expect(shown('embedding', 'hello', [0.1, 0.2])).toEqual([[{ type: 'text', text: 'hello' }]]);
    expect(shown('embedding', ['a', 'b'], [[0.1], [0.2]])).toEqual([[{ type: 'json', value: ['a', 'b'] }]]);
    expect(shown('chain', { args: [], kwargs: {} }, [1, 2])).toEqual([[{ type: 'json', value: [1, 2] }]]);
  });
});
