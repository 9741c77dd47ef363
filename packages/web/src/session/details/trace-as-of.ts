import type { ReplayObservation, ReplayTrace } from '@powerrag/protocol';
import { isError } from '../state/session-history.js';

/** The figures of a trace that a replay reveals as it goes. */
export type TraceFigures = Pick<ReplayTrace, 'observationCount' | 'errorCount' | 'totalTokens' | 'totalCost'>;

/**
 * The figures of a trace as of a moment, from its own observations. What an observation came to counts from its end on. Past
 * the end of everything, the figures are those of the trace itself.
 */
export function traceAsOf(
  trace: ReplayTrace,
  observations: readonly ReplayObservation[],
  timeMs: number,
): TraceFigures {
  if (timeMs >= trace.endMs) return trace;
  const ended = observations.filter(({ endMs }) => endMs !== null && endMs <= timeMs);
  return {
    observationCount: observations.filter(({ startMs }) => startMs <= timeMs).length,
    errorCount: ended.filter(isError).length,
    totalTokens: ended.reduce((sum, { countedTokens }) => sum + countedTokens, 0),
    totalCost: trace.totalCost === null ? null : ended.reduce((sum, { countedCost }) => sum + (countedCost ?? 0), 0),
  };
}
