import { afterAll, beforeAll } from 'vitest';
import { describeDigests } from '../../packages/server/src/digest/digests.suite.js';
import { clickhouseStore } from '../../packages/server/src/store/clickhouse/index.js';
import { describeWholeContract } from '../../packages/server/src/store/whole-contract.suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { type Engine, startEngine } from './engine.js';
import { RUNS } from './runs.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(temporaryFolder());
});
afterAll(() => engine.kill());

const open = async () => clickhouseStore({ cluster: engine.cluster, url: await engine.database() });

describeWholeContract('ClickHouse', open, RUNS);
describeDigests(
  'ClickHouse',
  async (digestTrace) => clickhouseStore({ cluster: engine.cluster, url: await engine.database(), digestTrace }),
  RUNS,
);
