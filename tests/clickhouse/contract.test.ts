import { afterAll, beforeAll } from 'vitest';
import { describeDigests } from '../../packages/server/src/digest/digests.suite.js';
import { describeAnnotations } from '../../packages/server/src/store/annotations.suite.js';
import { clickhouseStore } from '../../packages/server/src/store/clickhouse/index.js';
import { describeStore } from '../../packages/server/src/store/contract.suite.js';
import { describeFilters } from '../../packages/server/src/store/filters.suite.js';
import { describeLogEvents } from '../../packages/server/src/store/log-events.suite.js';
import { describeMedia } from '../../packages/server/src/store/media.suite.js';
import { describePieces } from '../../packages/server/src/store/pieces.suite.js';
import { describeRetention } from '../../packages/server/src/store/retention.suite.js';
import { describeRevisions } from '../../packages/server/src/store/revisions.suite.js';
import { describeSpend } from '../../packages/server/src/store/spend.suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { type Engine, startEngine } from './engine.js';
import { RUNS } from './runs.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(temporaryFolder());
});
afterAll(() => engine.kill());

const open = async () => clickhouseStore({ cluster: engine.cluster, url: await engine.database() });

describeStore('ClickHouse', open, RUNS);
describeSpend('ClickHouse', open, RUNS);
describeFilters('ClickHouse', open, RUNS);
describePieces('ClickHouse', open, RUNS);
describeLogEvents('ClickHouse', open);
describeAnnotations('ClickHouse', open, RUNS);
describeMedia('ClickHouse', open);
describeRetention('ClickHouse', open, RUNS);
describeRevisions('ClickHouse', open);
describeDigests(
  'ClickHouse',
  async (digestTrace) => clickhouseStore({ cluster: engine.cluster, url: await engine.database(), digestTrace }),
  RUNS,
);
