import type { ReplayState } from './replay-store.js';
import type { SessionHistory } from './session-history.js';
import type { Stretch } from './time-scale.js';

/** What "show me that" means: what is marked, else what is selected, else the turn that the playhead is in, else the whole session. */
export function stretchToFrame(
  { range, selection, playheadMs }: Pick<ReplayState, 'range' | 'selection' | 'playheadMs'>,
  history: SessionHistory,
): Stretch {
  const { durationMs, turns } = history.document;
  if (range !== null) return range;
  if (selection !== null) {
    const { traceId, observationId } = selection;
    const selected = observationId === null ? history.trace(traceId) : history.find(traceId, observationId);
    if (selected) return { startMs: selected.startMs, endMs: selected.endMs ?? durationMs };
  }
  const turn = turns.findLast(({ startMs }) => startMs <= playheadMs);
  return turn ? { startMs: turn.startMs, endMs: turn.endMs } : { startMs: 0, endMs: durationMs };
}
