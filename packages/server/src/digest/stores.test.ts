import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { anyDriver, sqliteStore } from '../store/sqlite/index.js';
import { quietLog } from '../testing/quiet-log.js';
import { describeDigests, digestingMemory } from './digests.suite.js';

const folder = mkdtempSync(join(tmpdir(), 'powerrag-digest-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const freshPath = () => join(folder, `${files++}.db`);

describeDigests('a store in memory', async () => digestingMemory());
describeDigests('a store in SQLite', async (digest) =>
  sqliteStore(freshPath(), anyDriver(), quietLog, { digestTrace: digest }),
);
