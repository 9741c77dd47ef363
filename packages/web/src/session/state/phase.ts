import type { ReplayObservation } from '@powerrag/protocol';
import { useCallback } from 'react';
import { useReplayState } from './replay-context.js';
import type { ReplayState } from './replay-store.js';

export type Phase = 'upcoming' | 'running' | 'done';

/** Where an observation stands at a moment. What has ended at that very moment is done. */
export function phaseAt(observation: Pick<ReplayObservation, 'startMs' | 'endMs'>, timeMs: number): Phase {
  if (timeMs < observation.startMs) return 'upcoming';
  return observation.endMs === null || timeMs < observation.endMs ? 'running' : 'done';
}

/** Where an observation stands as of the playhead; at the end, where the session is read and not replayed. */
export function usePhase(observation: ReplayObservation): Phase {
  return useReplayState(
    useCallback(
      ({ replaying, playheadMs }: ReplayState) =>
        phaseAt(observation, replaying ? playheadMs : Number.POSITIVE_INFINITY),
      [observation],
    ),
  );
}

/** Whether something is to be shown: it happened by the playhead, or the session is read and not replayed. */
export function useReached(atMs: number): boolean {
  return useReplayState(useCallback((state: ReplayState) => !state.replaying || state.playheadMs >= atMs, [atMs]));
}
