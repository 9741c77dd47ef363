import { describe, expect, it } from 'vitest';
import { Changes } from '../live/changes.js';
import { memoryStore } from '../store/memory.js';
import { anObservation, traceId } from '../store/testing.js';
import { StoreUnavailable } from '../store/unavailable.js';
import { DAY_MS, deleteOld } from './retention-schedule.js';

describe('retention', () => {
  it('deletes traces that ended before the days that are kept, and says how many', async () => {
    const store = memoryStore();
    const now = 100 * DAY_MS;
    for (const [index, days] of [1, 29, 31, 90].entries()) {
      const endMs = now - days * DAY_MS;
      await store.write('default', [anObservation({ traceId: traceId(index + 1), startMs: endMs - 1, endMs })]);
    }
    const lines: string[] = [];
    const log = { info: (line: string) => lines.push(line), error: (line: string) => lines.push(line) };
    await deleteOld(30, { deleteTraces: store.deleteTraces, changes: new Changes(), log, now: () => now });
    const { traces } = await store.listTraces('default', { order: 'desc' });
    expect(traces.map(({ id }) => id)).toEqual([traceId(1), traceId(2)]);
    expect(lines).toEqual(['deleted 2 traces older than 30 days']);
  });

  it('survives a store that cannot delete now', async () => {
    const lines: string[] = [];
    const log = { info: (line: string) => lines.push(line), error: (line: string) => lines.push(line) };
    const failing = (error: Error) =>
      deleteOld(1, { deleteTraces: () => Promise.reject(error), changes: new Changes(), log });
    await failing(new StoreUnavailable('gone'));
    await failing(new Error('disk'));
    expect(lines).toEqual(['old traces could not be deleted; trying again in an hour']);
  });
});
