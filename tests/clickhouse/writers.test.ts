import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clickhouseStore } from '../../packages/server/src/store/clickhouse/index.js';
import type { Store } from '../../packages/server/src/store/contract.js';
import { deliveries, readOut } from '../../packages/server/src/store/deliveries.testing.js';
import { memoryStore } from '../../packages/server/src/store/memory.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { type Engine, startEngine } from './engine.js';
import { RUNS } from './runs.js';

let engine: Engine;
let nodes: Store[];
beforeAll(async () => {
  engine = await startEngine(temporaryFolder());
  const url = await engine.database();
  nodes = await Promise.all([1, 2, 3].map(() => clickhouseStore({ url })));
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
});
