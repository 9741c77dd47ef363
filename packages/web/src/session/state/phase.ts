import type { ReplayObservation } from '@powerrag/protocol';
import { useCallback } from 'react';
import { useReplayState } from './replay-context.js';
import type { ReplayState } from './replay-store.js';

export type Phase = 'upcoming' | 'running' | 'done';

/**
 * Where an observation stands at a moment. What has ended at that very moment is done; unless it ended after `sweptFromMs`, when
 * the playhead has just run over it.
 */
function phaseAt(
  { startMs, endMs }: Pick<ReplayObservation, 'startMs' | 'endMs'>,
  timeMs: number,
  sweptFromMs = timeMs,
): Phase {
  if (timeMs < startMs) return 'upcoming';
  return endMs === null || timeMs < endMs || sweptFromMs < endMs ? 'running' : 'done';
}

/** Where an observation stands as of the playhead; at the end, where the session is read and not replayed. */
export function phaseIn(
  { replaying, playheadMs, sweptFromMs }: ReplayState,
  span: Pick<ReplayObservation, 'startMs' | 'endMs'>,
): Phase {
  return replaying ? phaseAt(span, playheadMs, sweptFromMs) : phaseAt(span, Number.POSITIVE_INFINITY);
}

/** Where an observation stands as of the playhead; at the end, where the session is read and not replayed. */
export function usePhase(observation: ReplayObservation): Phase {
  return useReplayState(useCallback((state: ReplayState) => phaseIn(state, observation), [observation]));
}

/** Whether something is to be shown: it happened by the playhead, or the session is read and not replayed. */
export function useReached(atMs: number): boolean {
  return useReplayState(useCallback((state: ReplayState) => !state.replaying || state.playheadMs >= atMs, [atMs]));
}
