import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { DatabaseGuard } from '../store/sqlite/guard.js';
import { anyDriver, sqliteStore } from '../store/sqlite/index.js';
import { quietLog } from '../testing/quiet-log.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { workerFile } from '../testing/worker-file.js';
import { ReadPool } from './read-pool.js';
import { RunningReads } from './running-reads.js';

it('running reads are seen by another thread from their beginning to their end, also when they fail', async () => {
  const database = join(temporaryFolder(), 'traces.db');
  await sqliteStore(database).close();
  const guard = new DatabaseGuard(database, anyDriver());
  const running = new RunningReads();
  const elsewhere = new RunningReads(running.shared);
  const pool = await ReadPool.start({ file: workerFile(), guard, log: quietLog, runningReads: running });
  onTestFinished(async () => {
    await pool.close();
    guard.release(false);
  });
  const read = pool.read('listTraces', ['p', {}]);
  expect(elsewhere.any()).toBe(true);
  await read;
  expect(elsewhere.any()).toBe(false);
  await expect(pool.read('listTraces', ['p', { sort: 'nothing' }])).rejects.toThrow();
  expect(elsewhere.any()).toBe(false);
});
