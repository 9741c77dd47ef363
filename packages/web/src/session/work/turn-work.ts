import type { ReplayObservation, ReplayTurn } from '@powerrag/protocol';
import type { SessionHistory } from '../state/session-history.js';

/** A turn with everything that ran in it, in order of start. */
export interface TurnWork {
  readonly turn: ReplayTurn;
  /** From 0. */
  readonly position: number;
  readonly observations: readonly ReplayObservation[];
}

/**
 * What ran in each turn, in the order of the turns. Where a trace holds several turns, an observation belongs to the last that had
 * begun when it started.
 */
export function turnWorks({ document, observations }: SessionHistory): TurnWork[] {
  const works = document.turns.map((turn, position) => ({ turn, position, observations: [] as ReplayObservation[] }));
  const byTrace = new Map<string, typeof works>();
  for (const work of works) {
    const ofTrace = byTrace.get(work.turn.traceId);
    if (ofTrace) ofTrace.push(work);
    else byTrace.set(work.turn.traceId, [work]);
  }
  for (const observation of observations) {
    const ofTrace = byTrace.get(observation.traceId) ?? [];
    const work = ofTrace.findLast(({ turn }) => turn.startMs <= observation.startMs) ?? ofTrace[0];
    work?.observations.push(observation);
  }
  return works;
}
