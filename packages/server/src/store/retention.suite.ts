import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Annotation } from './annotations.js';
import type { Store } from './contract.js';
import { deliveries, readOut } from './deliveries.testing.js';
import { memoryStore } from './memory.js';
import type { Deletion, Retention } from './retention.js';
import { anObservation, spanId, traceId } from './testing.js';

const PROJECT = 'p';

const DELETIONS: readonly Deletion[] = [
  ...[1, 2, 3].map((number) => ({ kind: 'traces' as const, traceIds: [traceId(number)] })),
  { kind: 'session', sessionId: 's1' },
  { kind: 'session', sessionId: 's2' },
  { kind: 'user', userId: 'ann' },
  { kind: 'ended-before', endedBeforeMs: 26 },
];

function aScore(say: Partial<Annotation>): Annotation {
  return {
    ...{ kind: 'score', id: 'score', sessionId: null, traceId: null, observationId: null },
    ...{ source: { traceId: null, observationId: null }, timeMs: 1, name: 'good', dataType: 'NUMERIC' },
    ...{ value: 1, stringValue: null, text: null, origin: 'API', environment: null, authorUserId: null },
    metadata: {},
    ...say,
  };
}

/** Holds a store that deletes against the contract. `open` gives an empty one. */
export function describeRetention(name: string, open: () => Promise<Store & Retention>, runs = 100): void {
  describe(`${name}, deleting`, () => {
    async function start() {
      const store = await open();
      onTestFinished(() => store.close());
      const write = (number: number, sessionId: string, userId = 'ann', endMs = 1001) =>
        store.write(PROJECT, [
          anObservation({ traceId: traceId(number), id: spanId(number), endMs, trace: { sessionId, userId } }),
        ]);
      const sessions = async () =>
        (await store.listSessions(PROJECT, { limit: 100 })).sessions.map(({ id, traceCount }) => `${id} ${traceCount}`);
      const scores = async () =>
        (await store.listAnnotations(PROJECT, { kind: 'score', limit: 100, offset: 0 })).annotations.map(
          ({ id }) => id,
        );
      return { store, write, sessions, scores };
    }

    it('takes a trace out of its session, and the session away with its last trace', async () => {
      const { store, write, sessions } = await start();
      await write(1, 's');
      await write(2, 's');
      expect(await store.deleteTraces(PROJECT, { kind: 'traces', traceIds: [traceId(1), traceId(9)] })).toBe(1);
      expect(await sessions()).toEqual(['s 1']);
      expect(await store.getTrace(PROJECT, traceId(1))).toBeNull();
      expect(await store.listObservations(PROJECT, { traceId: traceId(1) })).toEqual([]);
      expect(await store.deleteTraces(PROJECT, { kind: 'traces', traceIds: [traceId(2)] })).toBe(1);
      expect(await sessions()).toEqual([]);
    });

    it('deletes a session, all of a user, and what is old, and nothing else', async () => {
      const { store, write, sessions } = await start();
      await write(1, 'gone');
      await write(2, 'of bob', 'bob');
      await write(3, 'new', 'ann', 9000);
      await write(4, 'old', 'ann', 1500);
      expect(await store.deleteTraces(PROJECT, { kind: 'session', sessionId: 'gone' })).toBe(1);
      expect(await store.deleteTraces(PROJECT, { kind: 'user', userId: 'bob' })).toBe(1);
      expect(await store.deleteTraces(PROJECT, { kind: 'ended-before', endedBeforeMs: 2000 })).toBe(1);
      expect(await store.deleteTraces(PROJECT, { kind: 'session', sessionId: 'unknown' })).toBe(0);
      expect(await sessions()).toEqual(['new 1']);
      expect(await store.deleteTraces('another project', { kind: 'session', sessionId: 'new' })).toBe(0);
      expect(await sessions()).toEqual(['new 1']);
    });

    it('deletes a session of more traces than one transaction takes', async () => {
      const { store, sessions } = await start();
      const batch = Array.from({ length: 250 }, (_, i) =>
        anObservation({ traceId: traceId(i + 1), trace: { sessionId: 'long' } }),
      );
      await store.write(PROJECT, batch);
      expect(await store.deleteTraces(PROJECT, { kind: 'session', sessionId: 'long' })).toBe(250);
      expect(await sessions()).toEqual([]);
    });

    it('takes a delivery that is repeated, and does not bring the trace back', async () => {
      const { store, write, sessions } = await start();
      await write(1, 's');
      await store.deleteTraces(PROJECT, { kind: 'session', sessionId: 's' });
      await write(1, 's');
      await store.writeLogEvents(PROJECT, [
        { traceId: traceId(1), id: spanId(1), key: 'k', place: 0, name: 'said', timeMs: 1, attributes: {} },
      ]);
      expect(await sessions()).toEqual([]);
      expect(await store.readLogEvents(PROJECT, [{ traceId: traceId(1), id: spanId(1) }])).toEqual([[]]);
      await write(2, 's');
      expect(await sessions()).toEqual(['s 1']);
    });

    it('deletes the scores on a trace and on a session that is gone, for good', async () => {
      const { store, write, scores } = await start();
      await write(1, 's');
      await write(2, 's');
      const batch = [
        aScore({ id: 'on trace', traceId: traceId(1) }),
        aScore({ id: 'on session', sessionId: 's' }),
        aScore({ id: 'on another', traceId: traceId(2) }),
      ];
      await store.writeAnnotations(PROJECT, batch);
      await store.deleteTraces(PROJECT, { kind: 'traces', traceIds: [traceId(1)] });
      expect((await scores()).sort()).toEqual(['on another', 'on session']);
      await store.deleteTraces(PROJECT, { kind: 'traces', traceIds: [traceId(2)] });
      await store.writeAnnotations(PROJECT, batch);
      expect(await scores()).toEqual([]);
    });

    it('has after any writes and deletions what the store in memory has', async () => {
      await fc.assert(
        fc.asyncProperty(
          deliveries,
          fc.array(fc.tuple(fc.nat(12), fc.constantFrom(...DELETIONS)), { maxLength: 4 }),
          async ({ versions, batches }, deletions) => {
            const [store, oracle] = [await open(), memoryStore()];
            try {
              for (const [index, batch] of batches.entries()) {
                await Promise.all([store.write(PROJECT, batch), oracle.write(PROJECT, batch)]);
                for (const [at, what] of deletions) {
                  if (at !== index) continue;
                  expect(await store.deleteTraces(PROJECT, what)).toBe(await oracle.deleteTraces(PROJECT, what));
                }
              }
              await store.purged();
              expect(await readOut(store, PROJECT, versions)).toEqual(await readOut(oracle, PROJECT, versions));
            } finally {
              await store.close();
            }
          },
        ),
        { numRuns: runs },
      );
    });
  });
}
