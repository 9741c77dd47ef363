import type { ReplayObservation } from '@powerrag/protocol';
import { formatDuration } from '../../ui/format.js';
import type { SessionHistory } from './session-history.js';

/** How long an observation took, or why nobody knows: it runs, or it did not end. */
export function lengthWords(observation: ReplayObservation, history: SessionHistory): string {
  const { startMs, endMs } = observation;
  if (history.isAbandoned(observation)) return 'did not end';
  return endMs === null ? 'running' : formatDuration(endMs - startMs);
}
