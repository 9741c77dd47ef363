import type { ReplayObservation } from '@powerrag/protocol';
import { WORK_KINDS, type WorkKind, workKind } from './kind.js';
import type { TurnWork } from './turn-work.js';

/** Only a stretch this long in which nothing but wrappers is open counts as waiting; a shorter one is the application's own work. */
const WAITING_FROM_MS = 30_000;

/** Milliseconds of a turn by what they went to. They add up to the time of the turn. */
export type TurnTime = Readonly<Record<WorkKind, number>>;

interface Boundary {
  readonly timeMs: number;
  readonly kind: WorkKind | 'wrapper';
  readonly change: 1 | -1;
}

/** Of what runs at the same moment, the first of these is what the turn is waiting for. */
const ORDER: readonly WorkKind[] = ['model', 'tool', 'retrieval', 'judge', 'waiting', 'own'];

/** A part of a turn that went to one kind of work. */
export interface Spent {
  readonly kind: WorkKind;
  readonly lengthMs: number;
  readonly endMs: number;
}

/** Milliseconds of a turn by what they went to. */
export function turnTime(work: TurnWork): TurnTime {
  const time = noTime();
  for (const { kind, lengthMs } of spentIn(work)) time[kind] += lengthMs;
  return time;
}

export function noTime(): Record<WorkKind, number> {
  return { model: 0, tool: 0, retrieval: 0, judge: 0, own: 0, waiting: 0 };
}

/**
 * Where the time of a turn went, in order. A moment in which several things run counts once: for the model, else a tool, else
 * retrieval, else a check. Agents, chains and spans with children only wrap: a long stretch with nothing in them is waiting.
 */
export function spentIn({ turn, observations }: TurnWork): Spent[] {
  const spent: Spent[] = [];
  const open: Record<Boundary['kind'], number> = { ...noTime(), wrapper: 0 };
  let fromMs = turn.startMs;
  const spend = (endMs: number): void => {
    const lengthMs = endMs - fromMs;
    if (lengthMs <= 0) return;
    const kind = ORDER.find((candidate) => open[candidate] > 0);
    spent.push({ kind: kind ?? (lengthMs >= WAITING_FROM_MS ? 'waiting' : 'own'), lengthMs, endMs });
    fromMs = endMs;
  };
  for (const { timeMs, kind, change } of boundaries(observations, turn.startMs, turn.endMs)) {
    spend(timeMs);
    open[kind] += change;
  }
  spend(turn.endMs);
  return spent;
}

/** The kinds that a turn spent any time on, in the order in which they are always shown. */
export function kindsSpent(time: TurnTime): WorkKind[] {
  return WORK_KINDS.filter((kind) => time[kind] > 0);
}

function boundaries(observations: readonly ReplayObservation[], startMs: number, endMs: number): Boundary[] {
  const parents = new Set(observations.map(({ parentId }) => parentId));
  const held = (timeMs: number): number => Math.min(endMs, Math.max(startMs, timeMs));
  return observations
    .flatMap((observation): Boundary[] => {
      const found = workKind(observation);
      const kind = found === 'own' && (parents.has(observation.id) || observation.type === 'agent') ? 'wrapper' : found;
      return [
        { timeMs: held(observation.startMs), kind, change: 1 },
        { timeMs: held(observation.endMs ?? endMs), kind, change: -1 },
      ];
    })
    .sort((a, b) => a.timeMs - b.timeMs || b.change - a.change);
}
