import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Observation } from '../observation/observation.js';
import type { Store } from './contract.js';
import { unnumbered } from './deliveries.testing.js';
import { memoryStore } from './memory.js';
import { call, record, span, trees } from './spend.testing.js';
import { anObservation, nextProject, spanId, traceId } from './testing.js';

const PROJECT = 'p';

/** Holds a store against the rule that what model calls used counts once. `open` gives an empty one. */
export function describeSpend(name: string, open: () => Promise<Store>, runs = 200): void {
  describe(`usage in ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const totals = async (number = 1, project = PROJECT) => {
      const trace = await store.getTrace(project, traceId(number));
      const session = await store.getSession(project, 's');
      expect([session?.totalTokens, session?.totalCost]).toEqual([trace?.totalTokens, trace?.totalCost]);
      return [trace?.totalTokens, trace?.totalCost];
    };

    /** Writes the observations in each order that is told apart by what is there first, one at a time and together. */
    const inEveryOrder = async (observations: readonly Observation[], expected: readonly unknown[]) => {
      for (const order of [observations, observations.toReversed()]) {
        for (const size of [1, observations.length]) {
          const project = nextProject();
          for (let at = 0; at < order.length; at += size) await store.write(project, order.slice(at, at + size));
          expect(await totals(1, project)).toEqual(expected);
        }
      }
    };

    it('counts a call once that two instrumentations recorded, with any spans between', async () => {
      await inEveryOrder(
        [
          call(1, null, { tokens: 120 }),
          span(2, 1),
          span(3, 2),
          call(4, 3, { tokens: 120, cost: 0.5 }),
          call(5, 4, { tokens: 119 }),
        ],
        [120, 0.5],
      );
    });

    it('counts the calls within a wrapper with no usage, or less than theirs', async () => {
      const retries = [call(2, 1, { tokens: 100, cost: 0.1 }), call(3, 1, { tokens: 120, cost: 0.2 })];
      await inEveryOrder([call(1, null, {}), ...retries], [220, 0.3]);
      await inEveryOrder([call(1, null, { tokens: 120, cost: 0.2 }), ...retries], [220, 0.3]);
    });

    it('counts a wrapper with more usage than the calls within it, one of which has none', async () => {
      await inEveryOrder([call(1, null, { tokens: 220 }), call(2, 1, { tokens: 100 }), call(3, 1, {})], [220, null]);
    });

    it('counts no agent, chain or span, with or without calls within it', async () => {
      const usage = { usage: { total: 100 }, cost: { total: 1 } };
      await inEveryOrder(
        [
          anObservation({ traceId: traceId(1), id: spanId(1), type: 'agent', ...usage, trace: { sessionId: 's' } }),
          span(2, 1, usage),
          call(3, 2, { tokens: 100 }),
          call(4, 2, { tokens: 100 }),
        ],
        [200, null],
      );
    });

    it('counts the calls below a parent that never arrives, and below one that arrives late', async () => {
      const calls = [call(3, 2, { tokens: 10 }), call(4, 2, { tokens: 20 })];
      await store.write(PROJECT, calls);
      expect(await totals()).toEqual([30, null]);
      await store.write(PROJECT, [call(1, null, { tokens: 25 })]);
      expect(await totals()).toEqual([55, null]);
      await store.write(PROJECT, [span(2, 1)]);
      expect(await totals()).toEqual([30, null]);
    });

    it('counts each of many calls once when their parents arrive late, a few at a time', async () => {
      const numbers = Array.from({ length: 150 }, (_, i) => i + 1);
      const calls = numbers.map((number) => call(1000 + number, number, { tokens: 1 }));
      for (const number of [0, 75]) await store.write(PROJECT, calls.slice(number, number + 75));
      expect(await totals()).toEqual([150, null]);
      for (const number of numbers) await store.write(PROJECT, [span(number, 500)]);
      expect(await totals()).toEqual([150, null]);
      await store.write(PROJECT, [call(500, null, { tokens: 100 })]);
      await store.write(PROJECT, [{ ...call(500, null, { tokens: 200 }), endMs: 5000 }]);
      expect(await totals()).toEqual([200, null]);
    });

    it('counts the usage of the ended call, not that of its open version', async () => {
      await store.write(PROJECT, [{ ...call(1, null, {}), endMs: null }, call(2, 1, { tokens: 100 })]);
      await store.write(PROJECT, [call(1, null, { tokens: 150 })]);
      await store.write(PROJECT, [{ ...call(2, 1, { tokens: 160 }), endMs: 2000 }]);
      expect(await totals()).toEqual([160, null]);
    });

    it('counts a call whose later version has another parent', async () => {
      await store.write(PROJECT, [call(1, null, { tokens: 100 }), call(2, 1, { tokens: 50 })]);
      expect(await totals()).toEqual([100, null]);
      await store.write(PROJECT, [{ ...call(2, 9, { tokens: 50 }), endMs: 2000 }]);
      expect(await totals()).toEqual([150, null]);
    });

    it('counts a reranker and a judge with a model', async () => {
      const usage = { usage: { total: 5 }, model: 'm', traceId: traceId(1), trace: { sessionId: 's' } };
      await store.write(PROJECT, [
        anObservation({ ...usage, id: spanId(1), type: 'retriever' }),
        anObservation({ ...usage, id: spanId(2), type: 'evaluator' }),
        anObservation({ ...usage, id: spanId(3), type: 'tool', model: null }),
      ]);
      expect(await totals()).toEqual([10, null]);
    });

    it('counts a cycle of parents and its descendants', async () => {
      await inEveryOrder(
        [
          call(1, 3, { tokens: 1 }),
          span(2, 1),
          call(3, 2, { tokens: 2 }),
          span(4, 3),
          call(5, 4, { tokens: 4 }),
          call(6, 6, { tokens: 8 }),
        ],
        [13, null],
      );
    });

    it('counts the calls within a tool beside the call that asked for it, such as those of an agent that serves as one', async () => {
      const tool = (number: number, parent: number) => span(number, parent, { type: 'tool' });
      await inEveryOrder(
        [
          call(1, null, { tokens: 100 }),
          tool(2, 1),
          span(3, 2, { type: 'agent' }),
          call(4, 3, { tokens: 50 }),
          call(5, 4, { tokens: 50 }),
        ],
        [150, null],
      );
      const reranker = { model: 'm', usage: { total: 30 } };
      await inEveryOrder(
        [call(1, null, { tokens: 100 }), { ...tool(2, 1), ...reranker }, call(3, 2, { tokens: 20 })],
        [130, null],
      );
    });

    it('counts a cost that was sent, and no estimate beside it, whichever of the two wraps the other', async () => {
      const estimate = (number: number, parent: number | null, cost: number) => ({
        ...call(number, parent, { cost }),
        costEstimated: true,
      });
      await inEveryOrder([call(1, null, { cost: 1 }), span(2, 1), estimate(3, 2, 5)], [0, 1]);
      await inEveryOrder([estimate(1, null, 5), call(2, 1, { cost: 1 })], [0, 1]);
      await inEveryOrder([estimate(1, null, 2), estimate(2, 1, 1), estimate(3, 1, 2)], [0, 3]);
      await inEveryOrder([call(1, null, { cost: 0 }), estimate(2, 1, 5)], [0, 0]);
      expect(await store.getSession(PROJECT, 's')).toBeNull();
      await store.write(PROJECT, [call(1, null, { cost: 1 }), estimate(2, null, 0.5)]);
      expect(await store.getSession(PROJECT, 's')).toMatchObject({ totalCost: 1.5, costEstimated: true });
    });

    describe('of two records of one request beside each other', () => {
      it('counts one, with any number of spans above either', async () => {
        const twice = [span(1, null), record(2, 1, [0, 50], { tokens: 120, cost: 0.5 }), span(3, 1)];
        await inEveryOrder([...twice, record(4, 3, [2, 40], { tokens: 120, cost: 0.5 })], [120, 0.5]);
      });

      it('counts the one with more usage, and tokens and cost where only one of them has any', async () => {
        await inEveryOrder(
          [record(1, null, [0, 50], { tokens: 80 }), record(2, null, [2, 40], { tokens: 120 })],
          [120, null],
        );
        await inEveryOrder(
          [record(1, null, [0, 50], {}), record(2, null, [2, 40], { tokens: 120, cost: 1 })],
          [120, 1],
        );
        await inEveryOrder(
          [record(1, null, [0, 50], { cost: 1 }), record(2, null, [2, 40], { tokens: 120 })],
          [120, 1],
        );
      });

      it('counts a cost that was sent and no estimate, whichever began first', async () => {
        const sent = { tokens: 120, cost: 1 };
        const estimated = { costEstimated: true };
        await inEveryOrder(
          [record(1, null, [0, 50], { tokens: 120, cost: 2 }, estimated), record(2, null, [2, 40], sent)],
          [120, 1],
        );
        await inEveryOrder(
          [record(1, null, [0, 50], sent), record(2, null, [2, 40], { tokens: 120, cost: 2 }, estimated)],
          [120, 1],
        );
      });

      it('counts both where the second began when the first had ended: ids of some servers come again', async () => {
        const first = record(1, null, [0, 50], { tokens: 100 });
        await inEveryOrder([first, record(2, null, [50, 90], { tokens: 100 })], [200, null]);
        await inEveryOrder([first, record(2, null, [49, 90], { tokens: 100 })], [100, null]);
      });

      it('counts each of many calls of a mock that answers with one id', async () => {
        const calls = Array.from({ length: 100 }, (_, i) => record(i + 1, null, [i * 10, i * 10 + 10], { tokens: 1 }));
        await inEveryOrder(calls, [100, null]);
      });

      it('counts each of the calls of one instrumentation that run at once, though a mock answers them with one id', async () => {
        const scope = { scope: 'instrumentation' };
        const calls = [1, 2, 3].map((i) => record(i, null, [i, i + 50], { tokens: 100 }, scope));
        await inEveryOrder(calls, [300, null]);
        const ofNone = calls.map((each) => ({ ...each, scope: null }));
        await inEveryOrder(ofNone, [300, null]);
      });

      it('counts both where they have different ids, or none', async () => {
        const first = record(1, null, [0, 50], { tokens: 100 });
        await inEveryOrder([first, record(2, null, [0, 50], { tokens: 100 }, { responseId: 'other' })], [200, null]);
        await inEveryOrder([first, record(2, null, [0, 50], { tokens: 100 }, { responseId: null })], [200, null]);
      });

      it('counts neither within a call that has as much', async () => {
        const within = [record(2, 1, [0, 50], { tokens: 120 }), record(3, 1, [2, 40], { tokens: 120 })];
        await inEveryOrder([call(1, null, { tokens: 130 }), ...within], [130, null]);
        await inEveryOrder([call(1, null, {}), ...within], [120, null]);
      });

      it('counts one of a call within a call and a record of it outside', async () => {
        const outside = record(3, null, [2, 40], { tokens: 120 });
        await inEveryOrder(
          [record(1, null, [0, 50], { tokens: 120 }), record(2, 1, [1, 45], { tokens: 120 }), outside],
          [120, null],
        );
      });

      it('counts all calls within a wrapper that has the id of the last', async () => {
        const tries = [
          record(2, 1, [0, 20], { tokens: 100 }, { responseId: 'first' }),
          record(3, 1, [20, 50], { tokens: 120 }),
        ];
        await inEveryOrder([record(1, null, [0, 50], { tokens: 120 }), ...tries], [220, null]);
      });

      it('tells a wrapper by a parent that comes later', async () => {
        const wrapper = record(1, null, [0, 50], { tokens: 120 });
        const tries = [
          record(3, 2, [0, 20], { tokens: 100 }, { responseId: 'first' }),
          record(4, 2, [20, 50], { tokens: 120 }),
        ];
        await store.write(PROJECT, [wrapper, ...tries]);
        expect(await totals()).toEqual([220, null]);
        await store.write(PROJECT, [{ ...wrapper, endMs: 1051, usage: { total: 10 } }]);
        expect(await totals()).toEqual([220, null]);
        await store.write(PROJECT, [span(2, 1)]);
        expect(await totals()).toEqual([220, null]);
      });

      it('counts anew when a later version changes id, time or usage', async () => {
        const other = record(2, null, [10, 40], { tokens: 120 });
        await store.write(PROJECT, [record(1, null, [0, 50], { tokens: 120 }), other]);
        expect(await totals()).toEqual([120, null]);
        await store.write(PROJECT, [{ ...other, responseId: 'other', endMs: 1041 }]);
        expect(await totals()).toEqual([240, null]);
        await store.write(PROJECT, [{ ...other, endMs: 1042 }]);
        expect(await totals()).toEqual([120, null]);
        await store.write(PROJECT, [{ ...other, usage: { total: 150 }, endMs: 1043 }]);
        expect(await totals()).toEqual([150, null]);
        await store.write(PROJECT, [{ ...other, startMs: 1060, endMs: 1070 }]);
        expect(await totals()).toEqual([240, null]);
      });

      it('counts the two in traces of their own', async () => {
        const elsewhere = record(2, null, [0, 50], { tokens: 120 }, { traceId: traceId(2) });
        await store.write(PROJECT, [record(1, null, [0, 50], { tokens: 120 }), elsewhere]);
        expect(await store.getSession(PROJECT, 's')).toMatchObject({ traceCount: 2, totalTokens: 240 });
      });
    });

    it('counts the estimate of the call that tells cached tokens apart, where another has as many tokens', async () => {
      const estimated = { costEstimated: true };
      const cached = { ...estimated, usage: { input: 60, input_cached_tokens: 40, output: 20, total: 120 } };
      const plain = { ...estimated, usage: { input: 100, output: 20, total: 120 } };
      const [cheap, dear] = [{ cost: 1 }, { cost: 2 }];
      await inEveryOrder([record(1, null, [0, 50], dear, plain), record(2, 1, [1, 40], cheap, cached)], [120, 1]);
      await inEveryOrder([record(1, null, [0, 50], cheap, cached), record(2, 1, [1, 40], dear, plain)], [120, 1]);
      await inEveryOrder([record(1, null, [0, 50], dear, plain), record(2, null, [1, 40], cheap, cached)], [120, 1]);
      const third = { ...estimated, usage: { input: 90, output: 20, total: 110 } };
      const threeRecords = [record(1, null, [0, 50], dear, plain), record(2, null, [1, 40], cheap, cached)];
      await inEveryOrder([...threeRecords, record(3, null, [2, 30], { cost: 1.5 }, third)], [120, 1]);
      const more = { ...plain, usage: { input: 130, output: 20, total: 150 } };
      await inEveryOrder([record(1, null, [0, 50], dear, more), record(2, 1, [1, 40], cheap, cached)], [150, 2]);
    });

    it('counts the same for trees of any depth, in any order, grouping and repetition', async () => {
      await fc.assert(
        fc.asyncProperty(trees, async ({ observations, deliveries }) => {
          const project = nextProject();
          const model = memoryStore();
          const shownOf = async (of: Store) => {
            const [trace, session] = [await of.getTrace(project, traceId(1)), await of.getSession(project, 's')];
            return [trace && unnumbered(trace), session && unnumbered(session)];
          };
          await model.write(project, observations);
          for (const batch of deliveries) await store.write(project, batch);
          expect(await shownOf(store)).toEqual(await shownOf(model));
        }),
        { numRuns: runs },
      );
    });
  });
}
