import { useCallback } from 'react';
import { useReplayState } from './replay-context.js';
import type { ReplayState } from './replay-store.js';
import { countAtOrBelow } from './sorted.js';

/**
 * The last of some moments, ascending, that a replay has passed, so that a view is drawn again only when one of them passes.
 * Infinity past all of them and where the session is read and not replayed; -Infinity before the first.
 */
export function usePassed(moments: Float64Array): number {
  return useReplayState(
    useCallback(
      ({ replaying, playheadMs }: ReplayState) => {
        const passed = replaying ? countAtOrBelow(moments, playheadMs) : moments.length;
        return passed === moments.length ? Number.POSITIVE_INFINITY : (moments[passed - 1] ?? Number.NEGATIVE_INFINITY);
      },
      [moments],
    ),
  );
}
