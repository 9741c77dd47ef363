import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  IdStrengths,
  type Observation,
  type PlaceStrength,
  PlaceStrengths,
  type TraceAttributes,
} from '../observation/observation.js';
import type { SessionQuery, Store, TraceQuery } from './contract.js';
import { InvalidCursor } from './cursor.js';
import { deliveries, readOut } from './deliveries.testing.js';
import { memoryStore } from './memory.js';
import { anObservation, spanId, traceId } from './testing.js';
import { MOST } from './totals.js';

const PROJECT = 'p';

/** Holds a store against the contract. `open` gives an empty one. */
export function describeStore(name: string, open: () => Promise<Store>, runs = 200): void {
  describe(name, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const write = (...batch: Observation[]) => store.write(PROJECT, batch);
    const sessions = async (query: Partial<SessionQuery> = {}) =>
      (await store.listSessions(PROJECT, { limit: 100, ...query })).sessions.map(({ id }) => id);
    const traces = async (query: TraceQuery = {}) =>
      (await store.listTraces(PROJECT, query)).traces.map(({ id }) => Number.parseInt(id, 16));

    it('returns an observation and its body as stored', async () => {
      const observation = anObservation({
        parentId: spanId(9),
        type: 'generation',
        name: 'answer \u{1f600}',
        startMs: 1730000000000.123,
        endMs: 1730000001000.456,
        firstTokenMs: 1730000000500,
        level: 'WARNING',
        statusMessage: 'slow',
        service: 'chat',
        scope: 'lib',
        environment: 'production',
        version: '2',
        model: 'm',
        provider: 'p',
        modelParameters: { temperature: 0.5, stop: ['a'] },
        usage: { input: 1, total: 1 },
        cost: { total: 0.25 },
        prompt: { name: 'greet', version: 3 },
        body: {
          input: JSON.stringify([
            { role: 'user', content: 'x'.repeat(500) },
            { role: 'assistant', content: '"]}\\' },
          ]),
          output: `plain \u0000 text ${'z'.repeat(500)}`,
          metadata: { ['__proto__']: { polluted: true }, deep: { list: [1, 'two', null] } },
          events: [{ name: 'first', timeMs: 5, attributes: { a: 1 } }],
        },
        trace: { sessionId: 's' },
      });
      await write(observation);
      const { body, trace: _, ...rest } = observation;
      const { traceId: ofTrace, id } = observation;
      expect(await store.getObservation(PROJECT, ofTrace, id)).toEqual({ ...rest, sessionId: 's' });
      const [read] = await store.readBodies(PROJECT, [{ traceId: ofTrace, id }]);
      expect(JSON.stringify(read)).toBe(JSON.stringify(body));
    });

    it('returns nothing for what was never written', async () => {
      expect(await store.listSessions(PROJECT, { limit: 10 })).toEqual({ sessions: [], nextCursor: null, total: null });
      expect(await store.getSession(PROJECT, 's')).toBeNull();
      expect(await store.listTraces(PROJECT, { sessionId: 's' })).toEqual({ traces: [], total: 0 });
      expect(await store.getTrace(PROJECT, traceId(1))).toBeNull();
      expect(await store.listObservations(PROJECT, { sessionId: 's' })).toEqual([]);
      expect(await store.listObservations(PROJECT, { traceId: traceId(1) })).toEqual([]);
      expect(await store.getObservation(PROJECT, traceId(1), spanId(1))).toBeNull();
      expect(await store.readBodies(PROJECT, [{ traceId: traceId(1), id: spanId(1) }])).toEqual([null]);
    });

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

    it('keeps a finished observation when its open version is delivered afterwards', async () => {
      const finished = anObservation({
        type: 'generation',
        endMs: 1500,
        name: 'finished',
        usage: { input: 3, total: 3 },
      });
      await write(finished);
      await write(anObservation({ type: 'generation', endMs: null, name: 'open', usage: { input: 1, total: 1 } }));
      expect(await store.listObservations(PROJECT, { traceId: finished.traceId })).toMatchObject([
        { name: 'finished', endMs: 1500 },
      ]);
      expect(await store.getTrace(PROJECT, finished.traceId)).toMatchObject({ observationCount: 1, totalTokens: 3 });
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

    it('counts a session together over its traces', async () => {
      const trace = { sessionId: 's', userId: 'ann', environment: 'production', tags: ['x'] };
      await write(
        anObservation({
          traceId: traceId(1),
          type: 'generation',
          model: 'm',
          service: 'chat',
          startMs: 1000,
          endMs: 2000,
          usage: { input: 10, input_cached_tokens: 5, output: 2, output_reasoning_tokens: 1, total: 18 },
          cost: { total: 0.1 },
          trace,
        }),
        anObservation({
          traceId: traceId(2),
          type: 'embedding',
          startMs: 3000,
          endMs: 4000,
          level: 'ERROR',
          cost: { total: 0.2 },
          trace: { ...trace, userId: 'bob', environment: 'staging', tags: ['y'] },
        }),
      );
      expect(await store.getSession(PROJECT, 's')).toEqual({
        id: 's',
        userIds: ['bob', 'ann'],
        environment: 'staging',
        tags: ['x', 'y'],
        models: ['m'],
        services: ['chat'],
        name: null,
        lastAnswer: null,
        turnCount: 0,
        traceCount: 2,
        observationCount: 2,
        errorCount: 1,
        inputTokens: 15,
        outputTokens: 3,
        totalTokens: 18,
        totalCost: 0.3,
        costEstimated: false,
        startMs: 1000,
        lastActivityMs: 4000,
        revision: expect.any(Number),
      });
    });

    it('counts a cost of any size in full, as far as a sum of billionths of a dollar can be exact', async () => {
      const spend = (number: number, total: number) =>
        write(anObservation({ type: 'generation', id: spanId(number), cost: { total }, trace: { sessionId: 's' } }));
      await spend(1, 5_000);
      await spend(2, 1_000_000.25);
      expect(await store.getSession(PROJECT, 's')).toMatchObject({ totalCost: 1_005_000.25 });
      await spend(3, 1e308);
      expect(await store.getSession(PROJECT, 's')).toMatchObject({ totalCost: MOST / 1e9 });
    });

    it('still stores and lists a session whose totals exceed the bound', async () => {
      const names = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`input_${i}`, 1e12]));
      for (let number = 1; number <= 3; number++) {
        const usage = { ...names, output: 2 ** 53, total: 1e300 };
        await write(
          anObservation({
            ...{ type: 'generation', traceId: traceId(number), usage, cost: { total: 1e9 } },
            trace: { sessionId: 's' },
          }),
        );
      }
      const most = { inputTokens: MOST, outputTokens: MOST, totalTokens: MOST, totalCost: MOST / 1e9 };
      expect((await store.listSessions(PROJECT, { limit: 10 })).sessions).toMatchObject([{ traceCount: 3, ...most }]);
      expect(await store.getTrace(PROJECT, traceId(1))).toMatchObject(most);
    });

    it('recovers from a total that was too large when its observation is replaced', async () => {
      const sent = (total: number, endMs: number) =>
        write(anObservation({ type: 'generation', id: spanId(1), endMs, usage: { total }, trace: { sessionId: 's' } }));
      await write(anObservation({ type: 'generation', id: spanId(2), usage: { total: 7 }, trace: { sessionId: 's' } }));
      await sent(1e300, 1500);
      expect(await store.getSession(PROJECT, 's')).toMatchObject({ totalTokens: MOST });
      await sent(5, 2000);
      expect(await store.getSession(PROJECT, 's')).toMatchObject({ totalTokens: 12 });
      expect(await store.getTrace(PROJECT, 'a'.repeat(32))).toMatchObject({ totalTokens: 12 });
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

    it('pages past a long session id of an older file, with a cursor that fits a URL', async () => {
      await write(
        anObservation({ traceId: traceId(1), endMs: 3000, trace: { sessionId: 'x'.repeat(100_000) } }),
        anObservation({ traceId: traceId(2), endMs: 2000, trace: { sessionId: 'next' } }),
      );
      const { nextCursor } = await store.listSessions(PROJECT, { limit: 1 });
      expect(nextCursor?.length).toBeLessThan(2_000);
      expect(await sessions({ cursor: nextCursor ?? '' })).toEqual(['next']);
    });

    it('has no cost for a session without one', async () => {
      await write(anObservation({ trace: { sessionId: 's' } }));
      expect(await store.getSession(PROJECT, 's')).toMatchObject({ totalCost: null });
    });

    it('pages through sessions, latest activity first, each once', async () => {
      const batch = Array.from({ length: 25 }, (_, i) =>
        anObservation({ traceId: traceId(i + 1), startMs: i % 5, endMs: 100 + (i % 5), trace: { sessionId: `s${i}` } }),
      );
      await write(...batch);
      const all = await sessions();
      const paged: string[] = [];
      let cursor: string | null | undefined;
      do {
        const page = await store.listSessions(PROJECT, { limit: 4, ...(cursor ? { cursor } : {}) });
        paged.push(...page.sessions.map(({ id }) => id));
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(paged).toEqual(all);
      expect(new Set(paged).size).toBe(25);
      expect(all.slice(0, 5)).toEqual(['s9', 's4', 's24', 's19', 's14']);
    });

    it('pages through sessions by number with a total', async () => {
      const batch = Array.from({ length: 5 }, (_, i) =>
        anObservation({ traceId: traceId(i + 1), startMs: i, endMs: 100 - i, trace: { sessionId: `s${i}` } }),
      );
      await write(...batch);
      const page = await store.listSessions(PROJECT, { limit: 2, offset: 2, sort: 'start' });
      expect(page.sessions.map(({ id }) => id)).toEqual(['s2', 's1']);
      expect(page.total).toBe(5);
    });

    it('refuses an invalid cursor', async () => {
      await expect(store.listSessions(PROJECT, { limit: 1, cursor: 'nonsense' })).rejects.toThrow(InvalidCursor);
    });

    it('finds sessions by tags: all of them, on any of its traces', async () => {
      const tagged = (number: number, sessionId: string, tags: string[]) =>
        anObservation({ traceId: traceId(number), startMs: number, endMs: number, trace: { sessionId, tags } });
      await write(tagged(1, 'a', ['x']), tagged(2, 'a', ['y']), tagged(3, 'b', ['y']));
      expect(await sessions({ filter: { tag: ['y'] } })).toEqual(['b', 'a']);
      expect(await sessions({ filter: { tag: ['x', 'y'] } })).toEqual(['a']);
      expect(await sessions({ filter: { tag: ['nothing'] } })).toEqual([]);
    });

    it('finds sessions by user, environment and start', async () => {
      await write(
        anObservation({ traceId: traceId(1), startMs: 10, endMs: 11, trace: { sessionId: 'a', userId: 'ann' } }),
        anObservation({ traceId: traceId(2), startMs: 20, endMs: 21, trace: { sessionId: 'b', environment: 'prod' } }),
        anObservation({ traceId: traceId(3), startMs: 30, endMs: 31, trace: { sessionId: 'b', environment: 'dev' } }),
      );
      expect(await sessions({ filter: { userId: ['ann'] } })).toEqual(['a']);
      expect(await sessions({ filter: { userId: ['nobody'] } })).toEqual([]);
      expect(await sessions({ filter: { environment: ['prod'] } })).toEqual(['b']);
      expect(await sessions({ filter: { environment: [] } })).toEqual(['b', 'a']);
      expect(await sessions({ filter: { startedFrom: 20 } })).toEqual(['b']);
      expect(await sessions({ filter: { startedTo: 20 } })).toEqual(['a']);
    });

    it('finds traces by each of their fields', async () => {
      const say = { sessionId: 's', userId: 'u', name: 'n', version: 'v', release: 'r', environment: 'e' };
      await write(
        anObservation({ traceId: traceId(1), startMs: 10, trace: { ...say, tags: ['x', 'y'] } }),
        anObservation({ traceId: traceId(2), startMs: 20, trace: { tags: ['x'] } }),
        anObservation({ traceId: traceId(3), startMs: 30 }),
      );
      for (const [field, value] of Object.entries(say)) {
        const query = field === 'environment' ? { environments: [value] } : { [field]: value };
        expect(await traces(query), field).toEqual([1]);
      }
      expect(await traces({ tags: ['x'] })).toEqual([1, 2]);
      expect(await traces({ tags: ['x', 'y'] })).toEqual([1]);
      expect(await traces({ fromMs: 20 })).toEqual([2, 3]);
      expect(await traces({ toMs: 20 })).toEqual([1]);
      expect(await traces({ order: 'desc', limit: 1, offset: 1 })).toEqual([2]);
      expect((await store.listTraces(PROJECT, { limit: 1 })).total).toBe(3);
    });

    it('keeps projects apart, even with the same ids', async () => {
      await store.write('one', [anObservation({ name: 'of one', trace: { sessionId: 's' } })]);
      await store.write('two', [anObservation({ name: 'of two', trace: { sessionId: 's' } })]);
      for (const project of ['one', 'two']) {
        const observations = await store.listObservations(project, { sessionId: 's' });
        expect(observations.map(({ name }) => name)).toEqual([`of ${project}`]);
        expect(await store.getSession(project, 's')).toMatchObject({ observationCount: 1 });
      }
      expect(await store.getObservation('three', 'a'.repeat(32), 'b'.repeat(16))).toBeNull();
      expect(await store.readBodies('three', [{ traceId: 'a'.repeat(32), id: 'b'.repeat(16) }])).toEqual([null]);
    });

    it('stores batches that are written at the same time', async () => {
      const batches = Array.from({ length: 40 }, (_, i) => [
        anObservation({ traceId: traceId(i % 4), id: spanId(i), trace: { sessionId: 's' } }),
      ]);
      await Promise.all(batches.map((batch) => store.write(PROJECT, batch)));
      expect(await store.getSession(PROJECT, 's')).toMatchObject({ traceCount: 4, observationCount: 40 });
    });

    it('reads the same for any order, grouping and number of deliveries', async () => {
      await fc.assert(
        fc.asyncProperty(deliveries, async ({ versions, batches }) => {
          const project = nextProject();
          const model = memoryStore();
          await model.write(project, versions);
          await Promise.all(batches.slice(0, 2).map((batch) => store.write(project, batch)));
          for (const batch of batches.slice(2)) await store.write(project, batch);
          expect(await readOut(store, project, versions)).toEqual(await readOut(model, project, versions));
        }),
        { numRuns: runs },
      );
    });
  });
}

let projects = 0;
function nextProject(): string {
  projects += 1;
  return `property-${projects}`;
}
