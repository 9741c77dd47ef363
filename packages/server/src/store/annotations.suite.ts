import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from './contract.js';
import { aScore, spanId, traceId } from './testing.js';

const PROJECT = 'p';
/** Holds a store against the contract of scores and comments. `open` gives an empty one. */
export function describeAnnotations(name: string, open: () => Promise<Store>, runs = 30): void {
  describe(`${name}, given scores and comments`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const list = async (query: object = {}) =>
      (await store.listAnnotations(PROJECT, { kind: 'score', limit: 100, offset: 0, ...query })).annotations;

    it('gives them back as they came, latest first, by what they are on, what they are and when', async () => {
      const scores = [
        aScore('a', { timeMs: 10 }),
        aScore('b', { timeMs: 30, observationId: spanId(1), name: 'brief' }),
        aScore('c', { timeMs: 20, traceId: null, sessionId: 's' }),
      ];
      await store.writeAnnotations(PROJECT, [...scores, aScore('a', { kind: 'comment' })]);
      await store.writeAnnotations('other', [aScore('d')]);
      expect(await list()).toEqual([scores[1], scores[2], scores[0]]);
      const found = async (query: object) => (await list(query)).map(({ id }) => id);
      expect(await found({ anyOf: { id: ['a', 'b', 'd'] } })).toEqual(['b', 'a']);
      expect(await found({ anyOf: { traceId: [traceId(1)] } })).toEqual(['b', 'a']);
      expect(await found({ anyOf: { observationId: [spanId(1)] } })).toEqual(['b']);
      expect(await found({ anyOf: { sessionId: ['s', 't'] } })).toEqual(['c']);
      expect(await found({ anyOf: { name: ['brief'], traceId: [traceId(1)] } })).toEqual(['b']);
      expect(await found({ fromMs: 20, toMs: 30 })).toEqual(['c']);
      expect(await found({ after: { timeMs: 30, id: 'b' } })).toEqual(['c', 'a']);
      expect(await store.listAnnotations(PROJECT, { kind: 'score', limit: 1, offset: 1 })).toEqual({
        ...{ annotations: [scores[2]], total: 3 },
      });
    });

    it('gives those with one of some values, from one of some sources, places and people', async () => {
      const label = { dataType: 'CATEGORICAL', value: null, stringValue: 'rude' } as const;
      await store.writeAnnotations(PROJECT, [
        aScore('a', { value: 0.2, environment: 'default' }),
        aScore('b', { value: 0.5, origin: 'EVAL', environment: 'prod', authorUserId: 'ann' }),
        aScore('c', label),
        aScore('d', { value: 0 }),
      ]);
      const found = async (query: object) => (await list(query)).map(({ id }) => id);
      expect(await found({ anyOf: { origin: ['EVAL', 'ANNOTATION'] } })).toEqual(['b']);
      expect(await found({ anyOf: { dataType: ['CATEGORICAL'] } })).toEqual(['c']);
      expect(await found({ anyOf: { environment: ['default'] } })).toEqual(['a', 'c', 'd']);
      expect(await found({ anyOf: { authorUserId: ['ann', 'bob'] } })).toEqual(['b']);
      expect(await found({ anyOf: { stringValue: ['rude', 'kind'] } })).toEqual(['c']);
      expect(await found({ anyValueOf: [0, 0.5] })).toEqual(['b', 'd']);
      expect(await found({ value: [{ operator: '<=', value: 0.2 }] })).toEqual(['a', 'd']);
      const between = [
        { operator: '>', value: 0 },
        { operator: '!=', value: 0.5 },
      ];
      expect(await found({ value: between })).toEqual(['a']);
      expect(await found({ after: { timeMs: 10, id: 'b' } })).toEqual(['c', 'd']);
    });

    it('finds those of a session and its traces, and those on an observation of an unnamed trace', async () => {
      await store.writeAnnotations(PROJECT, [
        ...[
          aScore('a'),
          aScore('b', { timeMs: 5, traceId: null, sessionId: 's' }),
          aScore('c', { traceId: traceId(2) }),
        ],
        aScore('d', { kind: 'comment', timeMs: 7, traceId: null, observationId: spanId(1) }),
        aScore('e', { traceId: null, sessionId: 'other' }),
      ]);
      const of = await store.annotationsOf(PROJECT, { sessionId: 's', traceIds: [traceId(1)] });
      expect(of.map(({ id }) => id)).toEqual(['b', 'd', 'a']);
    });

    it('deletes one, and says whether there was one', async () => {
      await store.writeAnnotations(PROJECT, [aScore('a')]);
      expect(await store.deleteAnnotation(PROJECT, 'comment', 'a')).toBe(false);
      expect(await store.deleteAnnotation(PROJECT, 'score', 'a')).toBe(true);
      expect(await list()).toEqual([]);
    });

    it('keeps the same, whatever the order and number of deliveries', async () => {
      const few = <T>(...values: T[]) => fc.constantFrom(...values);
      const score = fc
        .tuple(few('a', 'b'), few(1, 2), few(10, 20))
        .map(([id, value, timeMs]) => aScore(id, { value, timeMs }));
      const deliveries = fc
        .array(score, { minLength: 1, maxLength: 6 })
        .chain((scores) =>
          fc.tuple(fc.constant(scores), fc.shuffledSubarray([...scores, ...scores], { minLength: scores.length * 2 })),
        );
      await fc.assert(
        fc.asyncProperty(deliveries, async ([scores, shuffled]) => {
          const [one, other] = [await open(), await open()];
          try {
            await one.writeAnnotations(PROJECT, scores);
            for (const delivered of shuffled) await other.writeAnnotations(PROJECT, [delivered]);
            const query = { kind: 'score', limit: 9, offset: 0 } as const;
            expect(await other.listAnnotations(PROJECT, query)).toEqual(await one.listAnnotations(PROJECT, query));
          } finally {
            await Promise.all([one.close(), other.close()]);
          }
        }),
        { numRuns: runs },
      );
    });
  });
}
