import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { anObservation, traceId } from '../testing.js';
import { StoreUnavailable } from '../unavailable.js';
import { anyDriver } from './driver.js';
import { sqliteStore } from './index.js';

/** A store whose database another program holds in a write transaction until `release`. */
async function heldStore() {
  const path = join(temporaryFolder(), 'traces.db');
  const lines: string[] = [];
  const log = { info: (line: string) => lines.push(line), error: (line: string) => lines.push(line) };
  const store = sqliteStore(path, anyDriver(), log);
  const write = (number: number) => store.write('p', [anObservation({ traceId: traceId(number) })]);
  await write(1);
  const other = anyDriver()(path);
  other.exec('BEGIN IMMEDIATE');
  return { lines, release: () => other.close(), store, write };
}

describe("another program's open write transaction", () => {
  it('delays a batch until it ends, and no reads', async () => {
    const { lines, release, store, write } = await heldStore();
    const order: string[] = [];
    const writing = write(2).then(() => order.push('written'));
    for (let i = 0; i < 5; i++) {
      expect((await store.listTraces('p', {})).total).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    order.push('read');
    release();
    await writing;
    expect(order).toEqual(['read', 'written']);
    expect((await store.listTraces('p', {})).total).toBe(2);
    expect(lines).toEqual([]);
    await store.close();
  });

  it('that does not end makes the store reject batches, with one log line, until it ends', async () => {
    const { lines, release, store, write } = await heldStore();
    const refused = await Promise.allSettled([write(2), write(3), write(4)]);
    for (const outcome of refused) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) });
    }
    await expect(write(5)).rejects.toThrow('Another program is writing the database; send this batch again.');
    expect(lines).toEqual([expect.stringMatching(/^another program holds a write transaction open/)]);
    release();
    await write(2);
    await store.close();
  });
});
