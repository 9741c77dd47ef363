import { useMemo } from 'react';
import { clockBetween } from '../../ui/format.js';
import { useReplay } from './replay-context.js';

/** Writes the wall clock at a time of the session, milliseconds from its start: with the day where the session has several. */
export function useClock(): (timeMs: number) => string {
  const { startedAtMs, durationMs } = useReplay().history.document;
  return useMemo(() => {
    const clock = clockBetween(startedAtMs, startedAtMs + durationMs);
    return (timeMs: number) => clock(startedAtMs + timeMs);
  }, [startedAtMs, durationMs]);
}
