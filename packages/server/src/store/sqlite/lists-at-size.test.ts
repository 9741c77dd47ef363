import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FACETS, SESSION_SORTS, type SessionFilter, SORT_ORDERS } from '@powerrag/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EMPTY_DIGEST } from '../digests.js';
import { anObservation, aScore, spanId, traceId } from '../testing.js';
import { anyDriver } from './driver.js';
import { multiply } from './multiply.testing.js';
import { observed } from './observed.testing.js';

/** 20,000 sessions of three traces with three observations each. */
const [WRITTEN, COPIES] = [200, 100];
const [TRACES, OBSERVATIONS] = [3, 3];

/** Of `many` every session has one, and of `few` one in a hundred. */
function aSession(number: number) {
  const [rare, isRare] = number % 100 === 7 ? ['few', true] : ['many', false];
  return Array.from({ length: TRACES * OBSERVATIONS }, (_, index) => {
    const trace = Math.floor(index / OBSERVATIONS);
    return anObservation({
      ...{ traceId: traceId(number * TRACES + trace + 1), id: spanId((index % OBSERVATIONS) + 1) },
      ...{ type: 'generation', model: rare, service: rare, level: isRare ? 'ERROR' : 'DEFAULT' },
      ...{ startMs: number * 1_000 + index, endMs: number * 1_000 + index + (isRare ? 900 : 10) },
      ...{ usage: { total: isRare ? 500 : number % 70 }, cost: { total: isRare ? 1 : number / 1e6 } },
      trace: {
        ...{ sessionId: `s${number}`, userId: rare, name: rare, environment: rare, release: rare, version: rare },
        ...{ tags: [rare, `t${number % 20}`], metadata: { plan: rare } },
      },
    });
  });
}

const TEXTS = ['userId', 'tag', 'environment', 'release', 'version', 'name', 'model', 'service'] as const;

/** Every filter that the page offers, of what many sessions have and of what few have, alone and beside others. */
const FILTERS: SessionFilter[] = [
  {},
  ...TEXTS.flatMap((field): SessionFilter[] => [
    { [field]: ['many'] },
    { [field]: ['few'] },
    { [field]: ['many', 'few'], hasErrors: false },
    { [field]: ['many'], cost: { min: 0.000_1 }, activeFrom: 10 },
  ]),
  { conversationId: ['nobody'] },
  { metadata: [{ key: 'plan', value: 'many' }] },
  { metadata: [{ key: 'plan', value: 'few' }], userId: ['few'] },
  ...[{ hasErrors: true }, { hasErrors: false }, { hasErrors: true, environment: ['few'] }],
  ...[{ score: [{ name: 'helpful' }] }, { score: [{ name: 'helpful', min: 0.5 }], userId: ['many'] }],
  { score: [{ name: 'helpful', value: '1' }], tag: ['many', 't7'] },
  ...(['duration', 'cost', 'tokens', 'turns', 'errors'] as const).flatMap((field): SessionFilter[] => [
    { [field]: { min: 0 } },
    { [field]: { min: 2, max: 3 }, model: ['many'] },
    { [field]: { max: 100_000 }, tag: ['t7'] },
  ]),
  ...[
    { activeFrom: 10, activeTo: 90_000 },
    { startedFrom: 10, startedTo: 9_000, service: ['many'] },
  ],
  { environment: ['many'], model: ['many'], service: ['many'], release: ['many'], tag: ['many', 't7'] },
];

describe('lists of 20,000 sessions with several observations each', () => {
  let shared: ReturnType<typeof observed>;
  const folder = mkdtempSync(join(tmpdir(), 'powerrag-at-size-'));
  beforeAll(async () => {
    const asked = () => ({ ...EMPTY_DIGEST, question: 'why', turnCount: 1 });
    const few = observed({ folder, digestTrace: asked });
    const numbers = Array.from({ length: WRITTEN }, (_, number) => number);
    await few.store.write('p', numbers.flatMap(aSession));
    await few.store.writeAnnotations('p', [
      aScore('one', { traceId: traceId(7 * TRACES + 1) }),
      aScore('two', { traceId: traceId(8 * TRACES + 1), value: 0 }),
    ]);
    await few.store.digested();
    await few.store.close();
    const database = anyDriver()(join(folder, 'store.db'));
    multiply(database, COPIES);
    database.close();
    shared = observed({ folder });
  });
  afterAll(async () => {
    await shared.store.close();
    rmSync(folder, { recursive: true });
  });

  it('are what was written, many times over', async () => {
    const { store } = shared;
    expect(await store.countSessions('p', {})).toEqual({ count: 1_000, isExact: false });
    expect(await store.countSessions('p', { userId: ['few'] })).toEqual({ count: 200, isExact: true });
    expect((await store.listTraces('p', { limit: 1 })).total).toBe(WRITTEN * COPIES * TRACES);
  });

  it.each(SESSION_SORTS)(
    'by %s and any filter scan no table, and put no more in order than a page may start from',
    async (sort) => {
      const { store, plansOf } = shared;
      const bad: { sql: string; plan: string }[] = [];
      for (const filter of FILTERS) {
        const plans = await plansOf(async () => {
          for (const order of SORT_ORDERS) {
            const { nextCursor } = await store.listSessions('p', { filter, sort, order, limit: 2 });
            if (nextCursor !== null)
              await store.listSessions('p', { filter, sort, order, limit: 2, cursor: nextCursor });
            await store.sessionNeighbours('p', 's77', { filter, sort, order });
          }
        });
        bad.push(...plans.filter(isSlow));
      }
      expect(bad).toEqual([]);
    },
  );

  it('are counted, and their values too, without a scan', async () => {
    const { store, plansOf } = shared;
    const bad: { sql: string; plan: string }[] = [];
    for (const filter of FILTERS) {
      const plans = await plansOf(async () => {
        await store.countSessions('p', filter);
        await store.sessionFacets('p', { filter, facets: FACETS, limit: 5 });
      });
      bad.push(...plans.filter(isSlow));
    }
    expect(bad).toEqual([]);
  });
});

/** Whether it reads a whole table, or observations at all, or puts more in order than what a page or a facet starts from. */
function isSlow({ sql, plan }: { readonly sql: string; readonly plan: string }): boolean {
  const scans = /SCAN (?!started|latest|counted|\(subquery|\w+ VIRTUAL)/.test(plan);
  const sorts = /USE TEMP B-TREE/.test(plan) && !/started|latest/.test(sql) && !/DISTINCT/.test(sql);
  return scans || sorts || /observations/.test(plan);
}
