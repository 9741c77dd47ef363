import { FACETS, type ScoreCondition, SESSION_SORTS, type SessionFilter, SORT_ORDERS } from '@powerrag/protocol';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Observation } from '../observation/observation.js';
import type { Annotation } from './annotations.js';
import type { SessionQuery, Store, TraceQuery } from './contract.js';
import { InvalidCursor } from './cursor.js';
import { deliveries, unnumbered } from './deliveries.testing.js';
import { memoryStore } from './memory.js';
import { anObservation, spanId, traceId } from './testing.js';
import type { TraceCondition } from './trace-conditions.js';

const PROJECT = 'p';

function aScore(id: string, say: Partial<Annotation> = {}): Annotation {
  return {
    ...{ kind: 'score', id, sessionId: null, traceId: null, observationId: null, timeMs: 10, name: 'helpful' },
    ...{ source: { traceId: null, observationId: null }, dataType: 'NUMERIC', value: 1, stringValue: null, text: null },
    ...{ origin: 'API', environment: null, authorUserId: null, metadata: {}, ...say },
  };
}

const few = <T>(...values: T[]) => fc.constantFrom(...values);
const some = <T>(...values: T[]) => fc.subarray(values, { minLength: 1 });
const range = (...values: number[]) => fc.record({ min: few(...values), max: few(...values) }, { requiredKeys: [] });

/** Filters on what `deliveries` have. */
const aFilter: fc.Arbitrary<SessionFilter> = fc.record(
  {
    ...{ userId: some('ann', 'bob', 'zoe'), tag: some('x', 'y', 'z'), environment: some('e1', 'e2') },
    ...{ release: some('r1', 'r2'), version: some('v1', 'v2'), name: some('t', 'u', 'a', 'b') },
    ...{ model: some('m', 'n'), service: some('web', 'api'), conversationId: some('s1', 's2', 's3') },
    metadata: some({ key: 'k', value: '1' }, { key: 'k', value: '2' }, { key: 'l', value: '[3]' }),
    score: fc.array(
      fc.oneof(
        fc.record({ name: few('helpful', 'tone') }),
        fc.record({ name: few('helpful', 'tone'), value: few('1', '2', 'good') }),
        fc.record({ name: few('helpful', 'tone'), min: few(1, 2) }),
      ) as fc.Arbitrary<ScoreCondition>,
      { minLength: 1, maxLength: 2 },
    ),
    hasErrors: fc.boolean(),
    ...{ duration: range(5, 10, 20, 30), cost: range(0, 0.1, 0.3, 5e6), tokens: range(-1, 0, 3, 7, 1e15) },
    ...{ turns: range(0, 1), errors: range(0, 1, 2) },
    ...{ activeFrom: few(25, 40), activeTo: few(30, 41), startedFrom: few(10, 20), startedTo: few(20, 30) },
  },
  { requiredKeys: [] },
);

/** One field or two: of more, few sessions match. */
const aNarrowFilter = fc
  .tuple(aFilter, fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]))
  .map(([filter, picks]): SessionFilter => {
    const entries = Object.entries(filter);
    return Object.fromEntries(
      picks.flatMap((pick) => (entries[pick] === undefined ? [] : [entries[pick]])).slice(0, 2),
    );
  });

const someScores = fc
  .array(
    fc.record({
      id: few('a', 'b', 'c'),
      traceId: few(null, traceId(1), traceId(2), traceId(3)),
      sessionId: few(null, 's1', 's2'),
      name: few('helpful', 'tone'),
      timeMs: few(1, 2),
      value: few(null, 1, 2),
      stringValue: few(null, 'good', '1'),
    }),
    { maxLength: 4 },
  )
  .map((all) => all.map(({ id, ...say }) => aScore(id, say)));

/** Every page of a list. */
async function pagesOf(store: Store, project: string, query: Omit<SessionQuery, 'limit'>): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = await store.listSessions(project, { ...query, limit: 2, ...(cursor === null ? {} : { cursor }) });
    ids.push(...page.sessions.map(({ id }) => id));
    cursor = page.nextCursor;
    if (cursor === null) return ids;
  }
}

/** Holds a store against the contract of lists of sessions. `open` gives an empty one. */
export function describeFilters(name: string, open: () => Promise<Store>, runs = 300): void {
  describe(`${name}, asked for some of its sessions`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const write = (...batch: Observation[]) => store.write(PROJECT, batch);
    const find = async (filter: SessionFilter, query: Partial<SessionQuery> = {}) =>
      (await store.listSessions(PROJECT, { limit: 100, filter, ...query })).sessions.map(({ id }) => id);

    /** A session of one trace. */
    const aSession = (number: number, say: Partial<Observation> = {}) =>
      anObservation({ traceId: traceId(number), ...say, trace: { sessionId: `s${number}`, ...say.trace } });

    it('finds them by every text that one of their traces has', async () => {
      const trace = { userId: 'ann', tags: ['vip'], environment: 'prod', release: 'r9', version: 'v9', name: 'ask' };
      await write(
        aSession(1, {
          model: 'gpt-9',
          service: 'chat',
          trace: { ...trace, metadata: { plan: 'pro', seats: 3, beta: true } },
        }),
        aSession(2, { traceId: traceId(2) }),
      );
      const filters: SessionFilter[] = [
        ...[{ userId: ['ann', 'bob'] }, { tag: ['vip'] }, { environment: ['dev', 'prod'] }, { release: ['r9'] }],
        ...[{ version: ['v9'] }, { name: ['ask'] }, { model: ['gpt-9'] }, { service: ['chat'] }],
        ...[{ metadata: [{ key: 'plan', value: 'pro' }] }, { metadata: [{ key: 'seats', value: '3' }] }],
        { metadata: [{ key: 'beta', value: 'true' }] },
      ];
      for (const filter of filters) expect(await find(filter), JSON.stringify(filter)).toEqual(['s1']);
      expect(await find({ userId: ['bob'] })).toEqual([]);
      expect(await find({ metadata: [{ key: 'plan', value: 'free' }] })).toEqual([]);
      expect(await find({ userId: [] })).toHaveLength(2);
    });

    it('finds them by what all their traces have together', async () => {
      await write(
        aSession(1, { trace: { userId: 'ann', tags: ['x'] } }),
        anObservation({ traceId: traceId(9), model: 'm', trace: { sessionId: 's1', tags: ['y'] } }),
        aSession(2, { trace: { userId: 'ann', tags: ['x'] } }),
      );
      expect(await find({ userId: ['ann'], model: ['m'] })).toEqual(['s1']);
      expect(await find({ tag: ['x', 'y'] })).toEqual(['s1']);
    });

    it('finds them by numbers, both ends inclusive, and never by a cost that they do not have', async () => {
      await write(
        aSession(1, { type: 'generation', startMs: 0, endMs: 100, usage: { total: 5 }, cost: { total: 0.3 } }),
        aSession(2, { type: 'generation', startMs: 0, endMs: 200, level: 'ERROR', usage: { total: 9 } }),
      );
      expect(await find({ cost: { min: 0.3, max: 0.3 } })).toEqual(['s1']);
      expect(await find({ cost: { max: 1 } })).toEqual(['s1']);
      expect(await find({ duration: { min: 200 } })).toEqual(['s2']);
      expect(await find({ tokens: { min: 5, max: 8.5 } })).toEqual(['s1']);
      expect(await find({ hasErrors: true })).toEqual(['s2']);
      expect(await find({ hasErrors: false })).toEqual(['s1']);
      expect(await find({ errors: { min: 1 }, duration: { max: 100 } })).toEqual([]);
    });

    it('finds them by scores on themselves and on anything in them, whichever came first', async () => {
      await store.writeAnnotations(PROJECT, [
        aScore('a', { traceId: traceId(1), value: 0.4 }),
        aScore('b', { sessionId: 's2', value: 0.9 }),
      ]);
      await write(aSession(1), aSession(2), aSession(3));
      await store.writeAnnotations(PROJECT, [
        aScore('c', { traceId: traceId(3), observationId: spanId(1), value: 1, stringValue: 'good', name: 'tone' }),
        aScore('d', { kind: 'comment', traceId: traceId(3), name: 'helpful' }),
      ]);
      const found = async (...score: ScoreCondition[]) => (await find({ score })).sort();
      expect(await found({ name: 'helpful' })).toEqual(['s1', 's2']);
      expect(await found({ name: 'helpful', min: 0.5 })).toEqual(['s2']);
      expect(await found({ name: 'helpful', min: 0.4, max: 0.4 })).toEqual(['s1']);
      expect(await found({ name: 'helpful', value: '0.9' })).toEqual(['s2']);
      expect(await found({ name: 'tone', value: 'good' })).toEqual(['s3']);
      expect(await found({ name: 'tone' }, { name: 'helpful' })).toEqual([]);
      await write(anObservation({ traceId: traceId(1), endMs: 9000, id: spanId(7), trace: { sessionId: 's3' } }));
      expect(await found({ name: 'helpful', max: 0.5 })).toEqual(['s3']);
      await store.deleteAnnotation(PROJECT, 'score', 'a');
      expect(await found({ name: 'helpful', max: 0.5 })).toEqual([]);
    });

    it('no longer finds them by what a better version or a trace that left has taken away', async () => {
      await write(
        aSession(1, { endMs: null, model: 'guess', service: 'old', trace: { userId: 'ann', sessionId: 's1' } }),
        anObservation({ traceId: traceId(2), trace: { sessionId: 's1', tags: ['kept'] } }),
      );
      expect(await find({ model: ['guess'], service: ['old'] })).toEqual(['s1']);
      await write(aSession(1, { endMs: 2000, model: 'real', service: 'new', trace: { userId: 'ann' } }));
      expect(await find({ model: ['guess'] })).toEqual([]);
      expect(await find({ model: ['real'], service: ['new'] })).toEqual(['s1']);
      await write(aSession(1, { id: spanId(2), endMs: 3000, trace: { sessionId: 'elsewhere' } }));
      expect(await find({ userId: ['ann'] })).toEqual(['elsewhere']);
      expect(await find({ tag: ['kept'] })).toEqual(['s1']);
      expect(await store.getSession(PROJECT, 's1')).toMatchObject({ userIds: [], models: [], traceCount: 1 });
    });

    it('keeps texts with lone surrogates and NULs apart from others', async () => {
      await write(
        aSession(1, { trace: { tags: ['a\ud800', 'a\ud801'], userId: 'x\u0000y' } }),
        aSession(2, { trace: { userId: 'x' } }),
      );
      expect(await find({ userId: ['x\u0000y'] })).toEqual(['s1']);
      expect(await find({ userId: ['x'] })).toEqual(['s2']);
      expect(await find({ tag: ['a\ufffd'] })).toEqual(['s1']);
    });

    it('refuses a cursor of a list in another order', async () => {
      await write(aSession(1), aSession(2));
      const { nextCursor } = await store.listSessions(PROJECT, { limit: 1, sort: 'cost' });
      const cursor = nextCursor ?? '';
      expect((await store.listSessions(PROJECT, { limit: 1, sort: 'cost', cursor })).sessions).toHaveLength(1);
      const listed = store.listSessions(PROJECT, { limit: 1, sort: 'tokens', cursor });
      await expect(listed).rejects.toThrow(InvalidCursor);
    });

    it('pages past long ids of an older file in either order', async () => {
      const long = 'x'.repeat(5_000);
      await write(aSession(1, { trace: { sessionId: long } }), aSession(2, { trace: { sessionId: 'y' } }));
      expect(await pagesOf(store, PROJECT, { order: 'asc' })).toEqual([long, 'y']);
      expect(await pagesOf(store, PROJECT, { order: 'desc' })).toEqual(['y', long]);
    });

    it('says which sessions are beside one in a list, and that there is no such session', async () => {
      await write(
        ...[1, 2, 3, 4].map((number) =>
          aSession(number, { endMs: number * 1000, trace: { tags: number === 3 ? [] : ['x'] } }),
        ),
      );
      const beside = (id: string, query = {}) => store.sessionNeighbours(PROJECT, id, query);
      expect(await beside('s4')).toEqual({ previous: null, next: 's3' });
      expect(await beside('s2', { filter: { tag: ['x'] } })).toEqual({ previous: 's4', next: 's1' });
      expect(await beside('s3', { filter: { tag: ['x'] }, order: 'asc' })).toEqual({ previous: 's2', next: 's4' });
      expect(await beside('s1', { filter: { tag: ['none'] } })).toEqual({ previous: null, next: null });
      expect(await beside('nobody')).toBeNull();
    });

    it('counts what choosing another value of a facet would give', async () => {
      await write(
        aSession(1, { model: 'a', trace: { tags: ['x'], metadata: { plan: 'pro' } } }),
        aSession(2, { model: 'a', level: 'ERROR', trace: { tags: ['x', 'y'] } }),
        aSession(3, { model: 'b', trace: { tags: ['x'] } }),
      );
      await store.writeAnnotations(PROJECT, [aScore('a', { traceId: traceId(2) }), aScore('b', { sessionId: 's2' })]);
      const facets = (filter: SessionFilter, limit = 10) =>
        store.sessionFacets(PROJECT, { filter, facets: FACETS, limit });
      expect(await facets({ model: ['b'] })).toMatchObject({
        model: {
          values: [
            { value: 'a', count: 2 },
            { value: 'b', count: 1 },
          ],
          isExact: true,
        },
        tag: { values: [{ value: 'x', count: 1 }], isExact: true },
        hasErrors: { values: [{ value: 'false', count: 1 }] },
        score: { values: [] },
      });
      expect(await facets({})).toMatchObject({
        tag: {
          values: [
            { value: 'x', count: 3 },
            { value: 'y', count: 1 },
          ],
        },
        metadata: { values: [{ value: 'plan=pro', count: 1 }] },
        score: { values: [{ value: 'helpful', count: 1 }] },
        hasErrors: {
          values: [
            { value: 'false', count: 2 },
            { value: 'true', count: 1 },
          ],
        },
      });
      expect((await facets({ tag: ['y'] })).tag?.values).toEqual([
        { value: 'x', count: 1 },
        { value: 'y', count: 1 },
      ]);
      expect((await facets({}, 1)).tag?.values).toEqual([{ value: 'x', count: 3 }]);
    });

    it('counts exactly to a bound, and beyond it says that there are more', async () => {
      await write(...Array.from({ length: 1_001 }, (_, number) => aSession(number + 1)));
      expect(await store.countSessions(PROJECT, {})).toEqual({ count: 1_000, isExact: false });
      expect(await store.countSessions(PROJECT, { name: ['nothing'] })).toEqual({ count: 0, isExact: true });
      await write(anObservation({ traceId: traceId(1), id: spanId(2), endMs: 9000, trace: { sessionId: 's2' } }));
      expect(await store.countSessions(PROJECT, {})).toEqual({ count: 1_000, isExact: true });
    });

    it('lists traces by their ends, and leaves them uncounted where nobody asks', async () => {
      await write(
        aSession(1, { startMs: 0, endMs: 900 }),
        aSession(2, { startMs: 10, endMs: 100 }),
        aSession(3, { startMs: 20, endMs: 900 }),
      );
      const query = { sort: 'end', order: 'desc', limit: 2, isCounted: false } as const;
      const page = async (more: TraceQuery) => {
        const { traces, total } = await store.listTraces(PROJECT, { ...query, ...more });
        return [traces.map(({ id }) => Number.parseInt(id, 16)), total];
      };
      expect(await page({})).toEqual([[3, 1], 2]);
      expect(await page({ offset: 2 })).toEqual([[2], 3]);
      const late = { kind: 'number', number: 'endMs', operator: '>=', value: 900 } as const;
      expect(await page({ order: 'asc', where: [late] })).toEqual([[1, 3], 2]);
    });

    it('finds an observation without its trace: in the one that ended last', async () => {
      for (const number of [1, 2, 3]) await write(aSession(number, { id: spanId(5), endMs: 5_000 - number }));
      expect(await store.getObservation(PROJECT, null, spanId(5))).toMatchObject({ traceId: traceId(1) });
      expect(await store.getObservation(PROJECT, null, spanId(6))).toBeNull();
      expect(await store.getObservation('another', null, spanId(5))).toBeNull();
    });

    it('finds traces by conditions on their texts and numbers', async () => {
      await write(
        aSession(1, { startMs: 0, endMs: 100, trace: { tags: ['x', 'y'], metadata: { plan: 'pro' } } }),
        aSession(2, { startMs: 0, endMs: 200, type: 'generation', cost: { total: 0.3 }, trace: { tags: ['y'] } }),
      );
      const found = async (...where: TraceCondition[]) => {
        const { traces, total } = await store.listTraces(PROJECT, { where, limit: 10 });
        expect(total).toBe(traces.length);
        return traces.map(({ id }) => Number.parseInt(id, 16));
      };
      expect(await found({ kind: 'text', text: 'tag', anyOf: ['x', 'y'] })).toEqual([1, 2]);
      expect(await found({ kind: 'text', text: 'metadata', anyOf: ['plan=pro'] })).toEqual([1]);
      expect(await found({ kind: 'number', number: 'durationMs', operator: '>', value: 100 })).toEqual([2]);
      expect(await found({ kind: 'number', number: 'costNano', operator: '=', value: 3e8 })).toEqual([2]);
      expect(
        await found(
          { kind: 'text', text: 'tag', anyOf: ['y'] },
          { kind: 'number', number: 'startMs', operator: '<=', value: 0 },
          { kind: 'number', number: 'costNano', operator: '<', value: 1 },
        ),
      ).toEqual([1]);
    });

    it('answers every filter, order, page, facet and count as the memory store does', async () => {
      let projects = 0;
      await fc.assert(
        fc.asyncProperty(
          ...([deliveries, someScores, someScores, aNarrowFilter, few(...SESSION_SORTS), few(...SORT_ORDERS)] as const),
          async ({ versions, batches }, before, after, filter, sort, order) => {
            projects += 1;
            const project = `property-${projects}`;
            const model = memoryStore();
            await model.writeAnnotations(project, [...before, ...after]);
            await model.write(project, versions);
            await store.writeAnnotations(project, before);
            for (const batch of batches) await store.write(project, batch);
            await store.writeAnnotations(project, after);
            const numberedOf = async (of: Store) => {
              const list = await of.listSessions(project, { filter, sort, order, limit: 1, offset: 1 });
              return { ...list, sessions: list.sessions.map(unnumbered) };
            };
            const answers = async (of: Store) => ({
              pages: await pagesOf(of, project, { filter, sort, order }),
              numbered: await numberedOf(of),
              count: await of.countSessions(project, filter),
              facets: await of.sessionFacets(project, { filter, facets: FACETS, limit: 5 }),
              beside: await of.sessionNeighbours(project, 's1', { filter, sort, order }),
            });
            expect(await answers(store)).toEqual(await answers(model));
          },
        ),
        { numRuns: runs },
      );
    });
  });
}
