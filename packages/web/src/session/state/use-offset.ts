import { useMemo } from 'react';
import { offsetWithin } from '../../ui/format.js';
import { useReplay } from './replay-context.js';

/** Writes a time of the session, milliseconds from its start, as a place on the player's clock. */
export function useOffset(): (timeMs: number) => string {
  const { durationMs } = useReplay().history.document;
  return useMemo(() => offsetWithin(durationMs), [durationMs]);
}
