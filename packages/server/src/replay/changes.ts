import type {
  ListChange,
  ReplayChange,
  ReplayGap,
  ReplayPosition,
  ReplayTurn,
  ReplayTurnChange,
  ReplayTurnsChange,
} from '@powerrag/protocol';
import { type PlacedTrace, placedObservations, type SessionState } from './session-state.js';
import { laneIn, placed } from './trace-view.js';

/** The step from one state of a session to the next. */
export function changeBetween(before: SessionState, after: SessionState): ReplayChange {
  const { revision, asOfMs, session, layout } = after;
  const { startedAtMs, durationMs, lanes, gaps, offset } = layout;
  const head = { revision, asOfMs, session, startedAtMs, durationMs };
  if (before.layout.startedAtMs !== startedAtMs) return { ...head, traces: [], observations: [], turns: [] };
  const changed = [...after.traces.values()].filter((trace) => before.traces.get(trace.trace.id) !== trace);
  const hasLeft = [...before.traces.keys()].some((id) => !after.traces.has(id));
  const whole = new Set(changed.filter((trace) => hasDropped(before.traces.get(trace.trace.id), trace)));
  return {
    ...head,
    ...(!isSame(before.layout.lanes, lanes) && { lanes }),
    ...(!isSame(before.layout.gaps, gaps) && { gaps: listChange(before.layout.gaps, gaps, isSameGap) }),
    ...(after.annotations !== null &&
      !isSame(before.annotations, after.annotations) && { annotations: after.annotations }),
    ...(hasLeft && { traceIds: [...after.traces.keys()] }),
    ...(whole.size > 0 && { whole: [...whole].map(({ trace }) => trace.id) }),
    traces: changed.flatMap((each) => (before.traces.get(each.trace.id)?.trace === each.trace ? [] : each.trace)),
    observations: changed.flatMap((each) => {
      const known = whole.has(each) ? undefined : before.traces.get(each.trace.id);
      const known_ = new Set(known?.view.observations);
      return each.view.observations
        .filter((observation) => !known_.has(observation))
        .map((observation) => placed(observation, laneIn(each.trace, observation.service), offset));
    }),
    turns: changed.flatMap((each) => {
      const known = whole.has(each) ? undefined : before.traces.get(each.trace.id);
      return turnsChange(each.trace.id, known?.turns ?? [], each.turns) ?? [];
    }),
  };
}

/** The step to a state from any earlier position, known or not: traces that changed since are sent whole. */
export function changeSince(position: ReplayPosition, after: SessionState): ReplayChange {
  const { session, layout, asOfMs } = after;
  const { startedAtMs, durationMs, lanes, gaps } = layout;
  const all = [...after.traces.values()];
  // A revision of another file may be greater.
  const isForeign = position.revision > after.revision;
  const changed = all.filter(
    ({ view: { revision, quietAtMs } }) =>
      isForeign ||
      revision > position.revision ||
      (quietAtMs !== null && quietAtMs > position.asOfMs && quietAtMs <= asOfMs),
  );
  return {
    ...{ revision: after.revision, asOfMs, session, startedAtMs, durationMs, lanes },
    gaps: { keep: 0, add: gaps },
    ...(after.annotations !== null && { annotations: after.annotations }),
    traceIds: all.map(({ trace }) => trace.id),
    whole: changed.map(({ trace }) => trace.id),
    traces: all.map(({ trace }) => trace),
    observations: changed.flatMap((trace) => placedObservations(trace, layout)),
    turns: all.map(({ trace, turns }) => ({
      traceId: trace.id,
      count: turns.length,
      changed: turns.map((turn, place) => turnChange(turn, place)),
    })),
  };
}

/** Whether nothing that is shown differs. */
export function isEmpty(change: ReplayChange, before: SessionState): boolean {
  const { lanes, gaps, annotations, traceIds, traces, observations, turns, durationMs, session, startedAtMs } = change;
  const { revision: _before, ...was } = before.session;
  const { revision: _now, ...is } = session;
  return (
    [lanes, gaps, annotations, traceIds].every((part) => part === undefined) &&
    traces.length + observations.length + turns.length === 0 &&
    durationMs === before.layout.durationMs &&
    startedAtMs === before.layout.startedAtMs &&
    isSame(was, is)
  );
}

/** Whether an observation that was there is not there any more. */
function hasDropped(before: PlacedTrace | undefined, after: PlacedTrace): boolean {
  if (before === undefined || before.view === after.view) return false;
  const ids = new Set(after.view.observations.map(({ id }) => id));
  return before.view.observations.some(({ id }) => !ids.has(id));
}

function turnsChange(
  traceId: string,
  before: readonly ReplayTurn[],
  after: readonly ReplayTurn[],
): ReplayTurnsChange | null {
  const changed = after.flatMap((turn, place) => {
    const known = before[place];
    return known !== undefined && isSame(known, turn) ? [] : turnChange(turn, place, known);
  });
  return changed.length === 0 && before.length === after.length ? null : { traceId, count: after.length, changed };
}

function turnChange(turn: ReplayTurn, place: number, before?: ReplayTurn): ReplayTurnChange {
  return {
    ...turn,
    place,
    steps: listChange(before?.steps ?? [], turn.steps),
    errors: listChange(before?.errors ?? [], turn.errors),
  };
}

function listChange<T>(
  before: readonly T[],
  after: readonly T[],
  isEqual: (a: T, b: T) => boolean = Object.is,
): ListChange<T> {
  let keep = 0;
  for (const [index, item] of after.entries()) {
    const known = before[index];
    if (known === undefined || !isEqual(known, item)) break;
    keep += 1;
  }
  return { keep, add: after.slice(keep) };
}

function isSameGap(a: ReplayGap, b: ReplayGap): boolean {
  return a.startMs === b.startMs && a.endMs === b.endMs;
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
