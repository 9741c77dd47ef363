import type { ReplayObservation } from '@powerrag/protocol';
import { observationKey, type SessionHistory } from './session-history.js';

type Children = ReadonlyMap<string, readonly ReplayObservation[]>;

const known = new WeakMap<SessionHistory, Children>();

/** The time of an observation in which none of its children ran, milliseconds; null where it has no children, or has not ended. */
export function selfTime(history: SessionHistory, { traceId, id, startMs, endMs }: ReplayObservation): number | null {
  const children = childrenIn(history).get(observationKey(traceId, id));
  if (children === undefined || endMs === null) return null;
  let covered = 0;
  let busyUntil = startMs;
  for (const child of children) {
    const from = Math.max(child.startMs, busyUntil);
    const to = Math.min(child.endMs ?? endMs, endMs);
    if (to <= from) continue;
    covered += to - from;
    busyUntil = to;
  }
  return endMs - startMs - covered;
}

/** In order of start, as the history has them. */
function childrenIn(history: SessionHistory): Children {
  const before = known.get(history);
  if (before) return before;
  const children = new Map<string, ReplayObservation[]>();
  for (const observation of history.observations) {
    if (observation.parentId === null) continue;
    const key = observationKey(observation.traceId, observation.parentId);
    const siblings = children.get(key);
    if (siblings) siblings.push(observation);
    else children.set(key, [observation]);
  }
  known.set(history, children);
  return children;
}
