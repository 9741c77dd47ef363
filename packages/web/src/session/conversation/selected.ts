import type { ReplayObservation } from '@powerrag/protocol';
import { useCallback } from 'react';
import { useReplayState } from '../state/replay-context.js';
import type { ReplayState, Selection } from '../state/replay-store.js';

function isSelected(selection: Selection | null, { id, traceId }: ReplayObservation): boolean {
  return selection !== null && selection.observationId === id && selection.traceId === traceId;
}

/** Whether one of these observations is selected; its id, else null. */
export function useSelectedOf(observations: readonly ReplayObservation[]): string | null {
  return useReplayState(
    useCallback(
      ({ selection }: ReplayState) => observations.find((o) => isSelected(selection, o))?.id ?? null,
      [observations],
    ),
  );
}
