import type { ReplayDocument, ReplayGap, ReplayObservation } from '@powerrag/protocol';
import { observationKey } from './session-history.js';

/** A shorter pause inside something that is open may be work of its own; a longer one is waiting, and folded. */
const QUIET_MS = 10_000;

/**
 * The stretches to fold: those of the document, in which nothing is open, and longer ones in which no model, tool or other step is
 * at work though an agent or a root around them is open. In order, not overlapping.
 */
export function quietGaps({ observations, gaps, durationMs }: ReplayDocument): ReplayGap[] {
  const found: ReplayGap[] = [...gaps];
  let busyUntil = 0;
  const note = (startMs: number): void => {
    if (startMs - busyUntil >= QUIET_MS) found.push({ startMs: busyUntil, endMs: startMs });
  };
  for (const { startMs, endMs } of steps(observations)) {
    note(startMs);
    busyUntil = Math.max(busyUntil, endMs ?? durationMs);
  }
  if (observations.length > 0) note(durationMs);
  return merged(found.sort((a, b) => a.startMs - b.startMs));
}

/** What works itself: whatever holds no others. Of what does, its start and end, when something happened. In order of start. */
function steps(observations: readonly ReplayObservation[]): Pick<ReplayObservation, 'startMs' | 'endMs'>[] {
  const parents = new Set(
    observations.flatMap(({ traceId, parentId }) => (parentId === null ? [] : [observationKey(traceId, parentId)])),
  );
  return observations
    .flatMap((observation): Pick<ReplayObservation, 'startMs' | 'endMs'>[] => {
      if (!parents.has(observationKey(observation.traceId, observation.id))) return [observation];
      const { startMs, endMs } = observation;
      return [{ startMs, endMs: startMs }, ...(endMs === null ? [] : [{ startMs: endMs, endMs }])];
    })
    .sort((a, b) => a.startMs - b.startMs);
}

function merged(gaps: readonly ReplayGap[]): ReplayGap[] {
  const result: ReplayGap[] = [];
  for (const gap of gaps) {
    const last = result.at(-1);
    if (last && gap.startMs < last.endMs) {
      result[result.length - 1] = { startMs: last.startMs, endMs: Math.max(last.endMs, gap.endMs) };
    } else result.push(gap);
  }
  return result;
}
