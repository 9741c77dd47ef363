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

/** Where an observation stands as of the playhead; at the end, where the session is read and not replayed. The same span must be the same object. */
export function usePhase(span: Pick<ReplayObservation, 'startMs' | 'endMs'>): Phase {
  return useReplayState(useCallback((state: ReplayState) => phaseIn(state, span), [span]));
}

/** Whether something is to be shown: it happened by the playhead, or the session is read and not replayed. */
export function useReached(atMs: number): boolean {
  return useReplayState(useCallback((state: ReplayState) => !state.replaying || state.playheadMs >= atMs, [atMs]));
}

/** Whether how it went may be told: it is over, or nobody knows an end of it. */
export function isTold(phase: Phase, { endMs }: Pick<ReplayObservation, 'endMs'>): boolean {
  return phase === 'done' || (phase === 'running' && endMs === null);
}
