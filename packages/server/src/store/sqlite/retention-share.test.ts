import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { anObservation, spanId, traceId } from '../testing.js';
import { anyDriver } from './driver.js';
import { sqliteStore } from './index.js';

const PROJECT = 'p';
const TRACES = 40;
/** Longer than a slice of a deletion may take, and as long as one of what is cleaned up after it. */
const STEP_MS = 40;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** A store with traces of one session, on a disk so slow that each step takes as long as a slice. */
async function start(isRead: () => boolean) {
  let nowMs = 0;
  const clock = () => {
    nowMs += STEP_MS;
    return nowMs;
  };
  const path = join(temporaryFolder(), 'traces.db');
  const store = sqliteStore(path, anyDriver(), undefined, { isRead, clock });
  onTestFinished(() => store.close());
  const write = (number: number, sessionId: string) =>
    store.write(PROJECT, [anObservation({ traceId: traceId(number), id: spanId(number), trace: { sessionId } })]);
  for (let number = 1; number <= TRACES; number++) await write(number, 'old');
  const left = async () => (await store.getSession(PROJECT, 'old'))?.traceCount ?? 0;
  const deleteOld = () => store.deleteTraces(PROJECT, { kind: 'session', sessionId: 'old' });
  return { store, write, left, deleteOld };
}

/** Lets everything happen that waits for no timer. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 3 * TRACES; turn++) await new Promise(setImmediate);
}

describe('the share of the time that deletions take', () => {
  it('lets what is sent be stored after each slice, not after all', async () => {
    const { write, left, deleteOld } = await start(() => false);
    const deleting = deleteOld();
    await write(TRACES + 1, 'new');
    expect(await left()).toBeGreaterThan(TRACES - 3);
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect(await deleting).toBe(TRACES);
    expect(await left()).toBe(0);
  });

  it('is a fifth while somebody waits for a read, and all while nobody does', async () => {
    let isReading = true;
    const { left, deleteOld } = await start(() => isReading);
    const deleting = deleteOld();
    await turns();
    expect(await left()).toBe(TRACES - 1);
    await vi.advanceTimersByTimeAsync(20 * STEP_MS);
    expect(await left()).toBeGreaterThan(TRACES - 10);
    isReading = false;
    await vi.advanceTimersByTimeAsync(20 * STEP_MS);
    await turns();
    expect(await left()).toBe(0);
    expect(await deleting).toBe(TRACES);
  });

  it('is a fifth for what is cleaned up afterwards, too', async () => {
    let isReading = true;
    const { store, deleteOld } = await start(() => isReading);
    let isDeleted = false;
    void deleteOld().then(() => {
      isDeleted = true;
    });
    while (!isDeleted) await vi.advanceTimersByTimeAsync(STEP_MS);
    await vi.advanceTimersByTimeAsync(20 * STEP_MS);
    expect(store.work().purgesDue).toBeGreaterThan(TRACES / 2);
    isReading = false;
    await vi.advanceTimersByTimeAsync(20 * STEP_MS);
    expect(store.work().purgesDue).toBe(0);
  });
});
