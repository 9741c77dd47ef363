import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { quietLog } from '../../testing/quiet-log.js';
import { DigestLoop } from './digest-loop.js';

const SLICE_MS = 40;
const WORK_MS = 10_000;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** How many slices a loop with no end of work runs in ten seconds, in which each takes the time that it may take. */
function slicesRun(isRead: () => boolean): number {
  let [nowMs, slices] = [0, 0];
  const slice = (budgetMs: number) => {
    slices += 1;
    nowMs += budgetMs;
    return 0;
  };
  const loop = new DigestLoop(slice, 'cannot digest', quietLog, () => nowMs, isRead);
  loop.wake();
  vi.advanceTimersByTime(WORK_MS);
  loop.stop();
  return slices;
}

describe('the share of the time that digests take', () => {
  it('is a fifth while somebody waits for a read', () => {
    // The pauses between the slices: the time of the slices themselves is the clock's, not that of the timers.
    expect(slicesRun(() => true)).toBeLessThanOrEqual(WORK_MS / (4 * SLICE_MS) + 2);
  });

  it('is never nothing, however long reads go on', () => {
    expect(slicesRun(() => true)).toBeGreaterThan(50);
  });

  it('is all that there is while nobody waits', () => {
    expect(slicesRun(() => false)).toBeGreaterThan(1_000);
  });
});
