import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeAnnotations } from '../../packages/server/src/store/annotations.suite.js';
import type { Connection } from '../../packages/server/src/store/clickhouse/connection.js';
import { clickhouseStore } from '../../packages/server/src/store/clickhouse/index.js';
import { prepareTables } from '../../packages/server/src/store/clickhouse/schema.js';
import { TABLES } from '../../packages/server/src/store/clickhouse/tables.js';
import { mediaIdOf } from '../../packages/server/src/store/media.js';
import { describeRetention } from '../../packages/server/src/store/retention.suite.js';
import { anObservation, traceId } from '../../packages/server/src/store/testing.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { type Engine, startEngine } from './engine.js';

/**
 * On two shards, see engine/cluster.mjs for what that is here. These are the suites that join most tables. All tests run on shards
 * with `POWERRAG_CLICKHOUSE_CLUSTER=1 npm run test:clickhouse`.
 */
const RUNS = 1;

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(temporaryFolder(), 0, { isCluster: true });
});
afterAll(() => engine.kill());

const open = async () => clickhouseStore({ url: await engine.database(), cluster: engine.cluster });

describeAnnotations('ClickHouse on two shards', open, RUNS);
describeRetention('ClickHouse on two shards', open, RUNS);

/** Runs a statement in the database of an address. */
async function run(url: string, statement: string): Promise<string> {
  const { origin, pathname } = new URL(url);
  const answer = await fetch(`${origin}/?database=${pathname.slice(1)}`, { method: 'POST', body: statement });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text.trim();
}

it('traces are spread over both shards, each on one of them', async () => {
  const url = await engine.database();
  const store = await clickhouseStore({ url, cluster: engine.cluster });
  const ids = Array.from({ length: 32 }, (_, index) => traceId(index + 1));
  await store.write(
    'p',
    ids.map((id) => anObservation({ traceId: id, trace: { sessionId: 's' } })),
  );
  await store.close();
  const shards = (await run(url, 'SELECT shardNum(), count() FROM traces FINAL GROUP BY 1 ORDER BY 1')).split('\n');
  const counts = shards.map((line) => Number(line.split('\t')[1]));
  expect(counts).toHaveLength(2);
  expect(counts.reduce((sum, count) => sum + count)).toBe(ids.length);
  expect(Math.min(...counts)).toBeGreaterThan(0);
});

it('what was said and shown in a deleted trace leaves every shard', async () => {
  const url = await engine.database();
  let nowMs = Date.now();
  const store = await clickhouseStore({ url, cluster: engine.cluster, now: () => nowMs });
  const bytes = new Uint8Array(Buffer.from('picture'));
  const id = mediaIdOf(bytes);
  await store.writeMedia('p', [{ id, contentType: 'image/png', bytes }]);
  const input = `${'A long text. '.repeat(40)} @@@langfuseMedia:type=image/png|id=${id}|source=bytes@@@`;
  await store.write('p', [anObservation({ traceId: traceId(1), body: { input } })]);
  await store.deleteTraces('p', { kind: 'traces', traceIds: [traceId(1)] });
  nowMs += 2 * 3_600_000;
  await store.purged();
  expect(await store.readMedia('p', id)).toBeNull();
  expect(await run(url, 'SELECT count() FROM contents')).toBe('0');
  await store.close();
});

it('the replicated tables of a cluster are such as ClickHouse makes', async () => {
  const statements: string[] = [];
  const collecting: Connection = {
    command: async (sql) => void statements.push(sql),
    // Every column and index is there.
    query: async () => [],
    insert: async () => {},
    close: async () => {},
  };
  await prepareTables(collecting, 'two');
  const url = await engine.database();
  for (const statement of statements.filter((sql) => /^\s*CREATE/.test(sql))) {
    // As the worker of each node runs it.
    await run(url, statement.replace(" ON CLUSTER 'two'", ''));
  }
  const made = await run(
    url,
    'SELECT engine, count() FROM system.tables WHERE database = currentDatabase() GROUP BY 1 ORDER BY 1',
  );
  const merged = TABLES.filter(({ version }) => version === null).length;
  expect(made.split('\n')).toEqual([
    `Distributed\t${TABLES.length}`,
    `ReplicatedAggregatingMergeTree\t${merged}`,
    `ReplicatedReplacingMergeTree\t${TABLES.length - merged}`,
  ]);
});
