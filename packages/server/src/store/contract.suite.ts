import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Observation } from '../observation/observation.js';
import type { Store } from './contract.js';
import { deliveries, readOut } from './deliveries.testing.js';
import { memoryStore } from './memory.js';
import { describeSessionLists } from './session-lists.suite.js';
import { anObservation, nextProject, spanId, traceId } from './testing.js';
import { MOST } from './totals.js';
import { describeTraceAttributes } from './trace-attributes.suite.js';

const PROJECT = 'p';

/** Holds a store against the contract. `open` gives an empty one. */
export function describeStore(name: string, open: () => Promise<Store>, runs = 200): void {
  describe(name, () => {
    describeObservations(open, runs);
    describeTraceAttributes(open);
    describeSessionLists(open);
  });
}

function describeObservations(open: () => Promise<Store>, runs: number): void {
  describe('observations and totals', () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const write = (...batch: Observation[]) => store.write(PROJECT, batch);

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

    it('has no cost for a session without one', async () => {
      await write(anObservation({ trace: { sessionId: 's' } }));
      expect(await store.getSession(PROJECT, 's')).toMatchObject({ totalCost: null });
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
