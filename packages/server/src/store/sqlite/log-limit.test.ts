import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { anObservation, spanId } from '../testing.js';
import { StoreUnavailable } from '../unavailable.js';
import { anyDriver } from './driver.js';
import { sqliteStore } from './index.js';

it('a program that reads without end stops the log from growing without end: batches are refused until it ends', async () => {
  const path = join(temporaryFolder(), 'traces.db');
  const lines: string[] = [];
  const log = { info: (line: string) => void lines.push(line), error: (line: string) => void lines.push(line) };
  const maxLogBytes = 512 * 1024;
  const store = sqliteStore(path, anyDriver(), log, { maxLogBytes });
  let next = 0;
  const write = () => {
    next += 1;
    return store.write('p', [anObservation({ id: spanId(next), body: { input: `${next} `.repeat(20_000) } })]);
  };
  await write();
  const reading = anyDriver()(path);
  reading.exec('BEGIN');
  reading.prepare('SELECT count(*) FROM observations').get();

  let acknowledged = 1;
  let error: unknown;
  while (error === undefined && acknowledged < 100) {
    await write().then(
      () => {
        acknowledged += 1;
      },
      (reason) => {
        error = reason;
      },
    );
  }
  expect(error).toBeInstanceOf(StoreUnavailable);
  await expect(write()).rejects.toThrow(/keeps the database from moving its log/);
  expect(statSync(`${path}-wal`).size).toBeLessThan(2 * maxLogBytes);
  expect(lines).toEqual([expect.stringMatching(/another program reads the database in a transaction/)]);
  expect((await store.listObservations('p', { traceId: 'a'.repeat(32) })).length).toBe(acknowledged);

  reading.exec('COMMIT');
  reading.close();
  await write();
  expect(lines.at(-1)).toMatch(/stored again/);
  expect(statSync(`${path}-wal`).size).toBeLessThan(maxLogBytes);
  await store.close();
});
