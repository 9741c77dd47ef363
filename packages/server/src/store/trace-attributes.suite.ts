import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  IdStrengths,
  type Observation,
  type PlaceStrength,
  PlaceStrengths,
  type TraceAttributes,
} from '../observation/observation.js';
import type { SessionQuery, Store } from './contract.js';
import { anObservation, nextProject, spanId, traceId } from './testing.js';

const PROJECT = 'p';

/** Which value of a trace stands, of all that its observations say. `open` gives an empty store. */
export function describeTraceAttributes(open: () => Promise<Store>): void {
  describe('what belongs to a trace', () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const write = (...batch: Observation[]) => store.write(PROJECT, batch);
    const sessions = async (query: Partial<SessionQuery> = {}) =>
      (await store.listSessions(PROJECT, { limit: 100, ...query })).sessions.map(({ id }) => id);

    it('puts the whole trace into its session when the id arrives late', async () => {
      await write(anObservation({ id: spanId(1) }), anObservation({ id: spanId(2), startMs: 1001, endMs: 1002 }));
      expect(await sessions()).toEqual([]);
      await write(anObservation({ id: spanId(3), endMs: 2000, trace: { sessionId: 'late' } }));
      const observations = await store.listObservations(PROJECT, { sessionId: 'late' });
      expect(observations.map(({ id, sessionId }) => [id, sessionId])).toEqual([
        [spanId(1), 'late'],
        [spanId(3), 'late'],
        [spanId(2), 'late'],
      ]);
      expect(await store.getSession(PROJECT, 'late')).toMatchObject({ traceCount: 1, observationCount: 3 });
    });

    it('moves a trace to the session that was set last, and removes a session without traces', async () => {
      await write(anObservation({ id: spanId(1), endMs: 2000, trace: { sessionId: 'first' } }));
      await write(anObservation({ id: spanId(2), endMs: 3000, trace: { sessionId: 'second' } }));
      await write(anObservation({ id: spanId(3), endMs: 1500, trace: { sessionId: 'too early to count' } }));
      expect(await sessions()).toEqual(['second']);
      expect(await store.getSession(PROJECT, 'second')).toMatchObject({ traceCount: 1, observationCount: 3 });
      expect(await store.getSession(PROJECT, 'first')).toBeNull();
    });

    it('takes the session from the strongest key, whichever observation ended last, and keeps the others as conversations', async () => {
      const made = { sessionId: 'made up', sessionIdStrength: IdStrengths.conversation };
      await write(anObservation({ id: spanId(1), endMs: 3000, trace: made }));
      expect(await sessions()).toEqual(['made up']);
      await write(anObservation({ id: spanId(2), endMs: 2000, trace: { sessionId: 'explicit' } }));
      await write(anObservation({ id: spanId(3), endMs: 4000, trace: made }));
      const named = { sessionId: 'of metadata', sessionIdStrength: IdStrengths.metadata, conversationIds: ['beside'] };
      await write(anObservation({ id: spanId(4), endMs: 5000, trace: named }));
      expect(await sessions()).toEqual(['explicit']);
      expect(await store.getTrace(PROJECT, 'a'.repeat(32))).toMatchObject({
        sessionId: 'explicit',
        conversationIds: ['beside', 'made up', 'of metadata'],
      });
      expect(await sessions({ filter: { conversationId: ['made up'] } })).toEqual(['explicit']);
      expect(await sessions({ filter: { conversationId: ['explicit'] } })).toEqual([]);
      await write(anObservation({ id: spanId(5), endMs: 6000, trace: { sessionId: 'made up' } }));
      expect(await sessions({ filter: { conversationId: ['made up'] } })).toEqual([]);
      expect(await sessions({ filter: { conversationId: ['explicit'] } })).toEqual(['made up']);
    });

    it('keeps a bounded number of conversation ids, the same in any order', async () => {
      const observations = Array.from({ length: 300 }, (_, i) =>
        anObservation({ id: spanId(i), trace: { sessionId: 's', conversationIds: [`c${1000 + i}`] } }),
      );
      await write(...observations.toReversed());
      const kept = (await store.getTrace(PROJECT, 'a'.repeat(32)))?.conversationIds;
      expect(kept).toEqual(Array.from({ length: 100 }, (_, i) => `c${1000 + i}`));
    });

    describe('the version, release and environment of a trace', () => {
      const child = (number: number, trace: TraceAttributes, say: Partial<Observation> = {}) =>
        anObservation({ id: spanId(number), parentId: spanId(99), endMs: 9000, ...say, trace });
      const root = (trace: TraceAttributes) => anObservation({ id: spanId(99), startMs: 500, endMs: 5000, trace });
      const places = async () => {
        const trace = await store.getTrace(PROJECT, 'a'.repeat(32));
        return [trace?.version, trace?.release, trace?.environment];
      };

      it("are the root's, not those of a span below it, whichever comes and ends last", async () => {
        const say = { sessionId: 's', version: '2', release: 'b', environment: 'staging' };
        await write(root({ version: '1', release: 'a', environment: 'production' }));
        await write(child(1, say));
        expect(await places()).toEqual(['1', 'a', 'production']);
        expect(await store.getSession(PROJECT, 's')).toMatchObject({ environment: 'production' });
      });

      it('are empty when the root has none and only spans below it set their own', async () => {
        await write(child(1, { sessionId: 's', version: '2', environment: 'staging' }));
        expect(await places()).toEqual(['2', undefined, 'staging']);
        expect(await sessions({ filter: { environment: ['staging'] } })).toEqual(['s']);
        await write(root({}));
        expect(await places()).toEqual([undefined, undefined, undefined]);
        expect(await sessions({ filter: { environment: ['staging'] } })).toEqual([]);
        expect((await store.listTraces(PROJECT, { version: '2' })).total).toBe(0);
      });

      it('are those set for the trace, then those of the resource, when the root has none', async () => {
        const strength = (strength: PlaceStrength) => ({ placeStrengths: { environment: strength } });
        await write(root({}), child(1, { environment: 'of the process', ...strength(PlaceStrengths.resource) }));
        expect((await places())[2]).toBe('of the process');
        await write(child(2, { environment: 'of the trace', ...strength(PlaceStrengths.trace) }));
        expect((await places())[2]).toBe('of the trace');
      });

      it('are those of the span that started first until a root arrives', async () => {
        await write(
          child(1, { version: 'later' }, { startMs: 1200 }),
          child(2, { version: 'first' }, { startMs: 1100 }),
        );
        expect((await places())[0]).toBe('first');
      });
    });

    it('unites tags and merges metadata by key, the latest value of each', async () => {
      await write(
        anObservation({ id: spanId(1), endMs: 2000, trace: { tags: ['b', 'a'], metadata: { one: 1, both: 'late' } } }),
        anObservation({ id: spanId(2), endMs: 1500, trace: { tags: ['c', 'a'], metadata: { two: 2, both: 'early' } } }),
      );
      expect(await store.getTrace(PROJECT, 'a'.repeat(32))).toMatchObject({
        tags: ['a', 'b', 'c'],
        metadata: { one: 1, both: 'late', two: 2 },
      });
    });

    it('names a trace by its attribute, else after its root, else after its first observation', async () => {
      const named = async () => (await store.getTrace(PROJECT, 'a'.repeat(32)))?.name;
      await write(anObservation({ id: spanId(3), name: 'child', parentId: spanId(1), startMs: 10 }));
      expect(await named()).toBe('child');
      await write(anObservation({ id: spanId(1), name: 'root', startMs: 20 }));
      expect(await named()).toBe('root');
      await write(anObservation({ id: spanId(4), startMs: 30, trace: { name: 'given' } }));
      expect(await named()).toBe('given');
    });

    it('gives a trace its input and output, however large', async () => {
      const input = JSON.stringify(
        Array.from({ length: 50 }, (_, i) => ({ role: 'user', content: `${i}`.repeat(200) })),
      );
      await write(anObservation({ trace: { input, output: 'short', public: true, release: 'r', version: 'v' } }));
      expect(await store.getTrace(PROJECT, 'a'.repeat(32))).toMatchObject({
        input,
        output: 'short',
        public: true,
        release: 'r',
        version: 'v',
      });
    });

    it('keeps a bounded number of tags and metadata keys of a trace, the same in any order', async () => {
      const parts = Array.from({ length: 15 }, (_, part) => {
        const keys = Array.from({ length: 100 }, (_, i) => `k${String(part * 100 + i).padStart(5, '0')}`);
        return { tags: keys, metadata: Object.fromEntries(keys.map((key) => [key, part])) };
      });
      const project = nextProject();
      for (const [order, all] of [parts, parts.toReversed()].entries()) {
        for (const [number, trace] of all.entries()) {
          await store.write(project, [anObservation({ traceId: traceId(order + 1), id: spanId(number), trace })]);
        }
      }
      const [one, other] = [await store.getTrace(project, traceId(1)), await store.getTrace(project, traceId(2))];
      expect(one?.tags).toHaveLength(1_000);
      expect(Object.keys(one?.metadata ?? {})).toHaveLength(1_000);
      expect([other?.tags, other?.metadata]).toEqual([one?.tags, one?.metadata]);
    });
  });
}
