import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SessionFilter, SORT_ORDERS } from '@powerrag/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TraceQuery } from '../contract.js';
import { type DigestTrace, EMPTY_DIGEST } from '../digests.js';
import { anObservation, spanId, traceId } from '../testing.js';
import { observed } from './observed.testing.js';

/** Every question is two words that all have, and one of its own. */
const asked: DigestTrace = ({ observations: [first] }) => ({
  ...EMPTY_DIGEST,
  question: 'common words',
  turnCount: 1,
  entries: [
    {
      ...{ kind: 'question', observationId: first?.id ?? '', atMs: 1 },
      text: `common words ${first?.startMs === undefined ? '' : `own${first.startMs}`}`,
    },
  ],
});

/** More sessions than a list starts from: of `many` there are too many, of `few` there are few. */
const SESSIONS = 6_000;

function aSession(number: number) {
  return anObservation({
    ...{ traceId: traceId(number), id: spanId(1), type: 'generation', model: 'many', service: 'many' },
    ...{ startMs: number, endMs: number + (number % 50), usage: { total: number % 70 }, cost: { total: number / 1e6 } },
    level: number % 3 === 0 ? 'ERROR' : 'DEFAULT',
    trace: {
      ...{ sessionId: `s${number}`, userId: number % 1000 === 0 ? 'few' : 'many', name: 'many', environment: 'many' },
      ...{ release: number < 5_900 ? 'many' : 'few', tags: ['many', `t${number % 20}`], metadata: { plan: 'many' } },
    },
  });
}

const FILTERS: SessionFilter[] = [
  ...[{}, { userId: ['many'] }, { userId: ['few'] }, { tag: ['many', 't7'] }, { environment: ['many', 'few'] }],
  ...[{ model: ['many'], service: ['many'] }, { metadata: [{ key: 'plan', value: 'many' }] }, { hasErrors: true }],
  ...[{ release: ['few'], hasErrors: false }, { cost: { min: 0.001 } }, { tokens: { max: 3 }, turns: { max: 0 } }],
  ...[{ duration: { min: 45 } }, { activeFrom: 10, activeTo: 90 }, { startedFrom: 10, userId: ['many'] }],
  { score: [{ name: 'helpful', min: 0.5 }], userId: ['many'] },
];

const TRACE_QUERIES: TraceQuery[] = [
  ...[{}, { userId: 'many' }, { userId: 'few' }, { tags: ['many', 't7'] }, { environments: ['many', 'few'] }],
  ...[{ name: 'many', release: 'few' }, { fromMs: 10, toMs: 5_000 }, { sessionId: 's77' }],
  ...[
    { sessionId: 's77', afterRevision: 0 },
    { userId: 'many', fromMs: 5_000 },
  ],
  {
    where: [
      { kind: 'text', text: 'metadata', anyOf: ['plan=many'] },
      { kind: 'number', number: 'endMs', operator: '>=', value: 100 },
      { kind: 'number', number: 'costNano', operator: '>', value: 100 },
    ],
  },
];

describe('lists of many sessions', () => {
  let shared: ReturnType<typeof observed>;
  const folder = mkdtempSync(join(tmpdir(), 'powerrag-lists-'));
  beforeAll(async () => {
    shared = observed({ folder, digestTrace: asked });
    for (let number = 1; number <= SESSIONS; number += 500) {
      const batch = Array.from({ length: 500 }, (_, index) => aSession(number + index));
      await shared.store.write('p', batch);
    }
    await shared.store.digested();
  });
  afterAll(async () => {
    await shared.store.close();
    rmSync(folder, { recursive: true });
  });

  it('of traces, of observations and of what is searched are read by indexes', async () => {
    const { store, plansOf } = shared;
    const listTraces = async (query: TraceQuery): Promise<void> => {
      await store.listTraces('p', { ...query, limit: 10 });
      await store.listTraces('p', { ...query, limit: 10, offset: 10, isCounted: false });
    };
    const search = async (text: string, filter: SessionFilter): Promise<void> => {
      const { nextCursor } = await store.searchSessions('p', { text, filter, limit: 2 });
      if (nextCursor !== null) await store.searchSessions('p', { text, filter, limit: 2, cursor: nextCursor });
      await store.searchSessions('p', { text, filter, kinds: ['tool', 'question'], limit: 2 });
    };
    const plans = await plansOf(async () => {
      for (const query of TRACE_QUERIES) {
        for (const order of SORT_ORDERS) {
          for (const sort of ['start', 'end'] as const) await listTraces({ ...query, sort, order });
        }
      }
      // What all have, few and one; a part of a word, a phrase, and what nobody said.
      for (const text of ['common', 'common own77', 'own5999', 'mmo', '"common words"', 'nothing']) {
        for (const filter of FILTERS) await search(text, filter);
      }
      await store.listObservations('p', { sessionId: 's77' });
      await store.listObservations('p', { traceId: traceId(77) });
      await store.getObservation('p', traceId(77), spanId(1));
      await store.getObservation('p', null, spanId(1));
      await store.getObservation('p', null, spanId(2));
      await store.listTraceIds('p', 's77');
      await store.readBodies('p', [{ traceId: traceId(77), id: spanId(1) }]);
    });
    expect(plans.length).toBeGreaterThan(60);
    const bad = plans.filter(({ sql, plan }) => {
      const scans = /SCAN (?!started|latest|counted|json_each|\(subquery|\w+ VIRTUAL)/.test(plan);
      const sorts = /USE TEMP B-TREE/.test(plan) && !/started|latest|DISTINCT|json_each/.test(sql);
      return scans || sorts || /SEARCH observations (?!USING PRIMARY KEY \(trace_key=\?)/.test(plan);
    });
    expect(bad).toEqual([]);
  });

  it.each<[string, TraceQuery]>([
    ['a text and a time', { userId: 'many', fromMs: 10, toMs: 5_990 }],
    ['two texts', { name: 'many', release: 'few' }],
    ['a text and a cost', { tags: ['t7'], where: [{ kind: 'number', number: 'costNano', operator: '>', value: 9 }] }],
    ['a time', { fromMs: 10, toMs: 5_000 }],
    ['a duration', { where: [{ kind: 'number', number: 'durationMs', operator: '>=', value: 49 }] }],
    ['tokens', { fromMs: 9, where: [{ kind: 'number', number: 'totalTokens', operator: '<', value: 3 }] }],
    ['nothing', {}],
  ])('of traces by %s count them all without reading their rows', async (_what, query) => {
    const { store, plansOf } = shared;
    const plans = await plansOf(() => store.listTraces('p', { ...query, limit: 1 }));
    const counts = plans.filter(({ sql }) => sql.startsWith('SELECT count(*) AS total'));
    expect(counts).toHaveLength(1);
    expect(counts[0]?.plan).toMatch(/SEARCH traces USING COVERING INDEX/);
  });

  it('start from the rarest condition or follow the order, and give the same', async () => {
    const { store } = shared;
    const ids = async (filter: SessionFilter) => {
      const { sessions } = await store.listSessions('p', { filter, sort: 'cost', limit: 100 });
      return sessions.map(({ id }) => id);
    };
    const expected = Array.from({ length: SESSIONS }, (_, index) => SESSIONS - index)
      .filter((number) => number % 20 === 7)
      .map((number) => `s${number}`);
    expect(await ids({ tag: ['t7'] })).toEqual(expected.slice(0, 100));
    expect(await ids({ userId: ['many'], model: ['many'] })).toEqual(
      Array.from({ length: 101 }, (_, index) => `s${SESSIONS - index}`)
        .filter((id) => id !== 's6000')
        .slice(0, 100),
    );
    expect(await ids({ tag: ['many', 't7'], userId: ['many'] })).toEqual(expected.slice(0, 100));
  });
});

describe('the traces of a session', () => {
  it.each([
    ['start', 'traces_by_session (session_key=? AND start_ms>?)'],
    ['end', 'traces_by_end (session_key=?)'],
  ] as const)('are read in the order of their %s and not put in order, page by page', async (sort, index) => {
    const { store, plansOf } = observed();
    await store.write('p', [anObservation({ traceId: traceId(1), trace: { sessionId: 's' } })]);
    const query = { sessionId: 's', fromMs: 10, limit: 10, isCounted: false, sort };
    const plans = await plansOf(() => store.listTraces('p', query));
    expect(plans.find(({ sql }) => sql.includes('traces.*'))?.plan).toBe(`SEARCH traces USING INDEX ${index}`);
    await store.close();
  });
});

describe('a trace that leaves its session, or is named anew', () => {
  it('reads no more of a session with many traces than of one with few', async () => {
    const costs = await Promise.all(
      [20, 2_000].map(async (size) => {
        const { store, rowsOf } = observed();
        const trace = { sessionId: 's', userId: 'ann', environment: 'prod', tags: ['a', 'b'] };
        const batch = Array.from({ length: size }, (_, number) =>
          anObservation({ traceId: traceId(number), startMs: number, endMs: number + 10, trace }),
        );
        await store.write('p', batch);
        const say = (number: number, to: object) =>
          store.write('p', [anObservation({ traceId: traceId(number), id: spanId(7), endMs: 1e6, trace: to })]);
        const rows = await rowsOf(async () => {
          await say(0, { sessionId: 'other' });
          await say(size - 1, { sessionId: 'other' });
          await say(5, { userId: 'bob', environment: 'dev', tags: ['c'] });
        });
        expect(await store.getSession('p', 's')).toMatchObject({
          traceCount: size - 2,
          startMs: 1,
          lastActivityMs: 1e6,
        });
        await store.close();
        return rows;
      }),
    );
    expect(costs[1]).toBe(costs[0]);
  });
});

describe('the statements of queries', () => {
  it('are kept while they are used, and a bounded number of them, however many values queries have', async () => {
    const { store, preparedIn } = observed();
    const names = Array.from({ length: 200 }, (_, number) => `e${number}`);
    const batch = names.map((environment, number) =>
      anObservation({ traceId: traceId(number), trace: { environment } }),
    );
    await store.write('p', batch);
    const ask = (count: number) => store.listTraces('p', { limit: 1, environments: names.slice(0, count) });
    for (let count = 1; count <= names.length; count++) await ask(count);
    expect(await preparedIn(() => ask(names.length))).toBe(0);
    expect(await preparedIn(() => ask(1))).toBeGreaterThan(0);
    await store.close();
  });
});
