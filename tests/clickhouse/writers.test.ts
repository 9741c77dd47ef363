import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clickhouseStore } from '../../packages/server/src/store/clickhouse/index.js';
import type { Store } from '../../packages/server/src/store/contract.js';
import { deliveries, readOut, unnumbered } from '../../packages/server/src/store/deliveries.testing.js';
import { memoryStore } from '../../packages/server/src/store/memory.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { type Engine, startEngine } from './engine.js';
import { RUNS } from './runs.js';

let engine: Engine;
let nodes: Store[];
beforeAll(async () => {
  engine = await startEngine(temporaryFolder());
  const url = await engine.database();
  nodes = await Promise.all([1, 2, 3].map(() => clickhouseStore({ cluster: engine.cluster, url })));
});
afterAll(async () => {
  for (const node of nodes) await node.close();
  await engine.kill();
});

describe('several nodes that write to one ClickHouse at once', () => {
  it('leave what one writer leaves, however their writes interleave', async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        deliveries,
        fc.array(fc.nat(2), { minLength: 24, maxLength: 24 }),
        async ({ versions, batches }, who) => {
          number += 1;
          const project = `p${number}`;
          const oracle = memoryStore();
          await oracle.write(project, versions);
          const queues = nodes.map((_node, index) => batches.filter((_batch, at) => who[at % who.length] === index));
          await Promise.all(
            nodes.map(async (node, index) => {
              for (const batch of queues[index] ?? []) await node.write(project, batch);
            }),
          );
          for (const node of nodes) {
            expect(await readOut(node, project, versions)).toEqual(await readOut(oracle, project, versions));
          }
        },
      ),
      // Another run interleaves differently: shrinking would say nothing.
      { numRuns: RUNS, endOnFailure: true },
    );
  });

  it('tell whoever follows a session of every change of its traces, by the number that was seen last', async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ batches }) => {
        number += 1;
        const [project, sessionId] = [`followed-${number}`, 's1'];
        const [one, other, read] = nodes;
        if (one === undefined || other === undefined || read === undefined) throw new Error('there are three nodes');
        const known = new Map<string, object>();
        let seen = 0;
        const look = async () => {
          const session = await read.getSession(project, sessionId);
          const { traces } = await read.listTraces(project, { sessionId, afterRevision: seen });
          for (const trace of traces) known.set(trace.id, unnumbered(trace));
          seen = session?.revision ?? seen;
        };
        let isOver = false;
        const following = (async () => {
          while (!isOver) await look();
        })();
        const half = Math.ceil(batches.length / 2);
        const writeAll = async (node: Store, some: typeof batches) => {
          for (const batch of some) await node.write(project, batch);
        };
        await Promise.all([writeAll(one, batches.slice(0, half)), writeAll(other, batches.slice(half))]);
        isOver = true;
        await following;
        await look();
        const { traces } = await read.listTraces(project, { sessionId });
        expect(traces.map(({ id }) => known.get(id))).toEqual(traces.map(unnumbered));
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  });
});
