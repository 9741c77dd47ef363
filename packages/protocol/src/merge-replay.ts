import type { ReplayDocument, ReplayObservation, ReplayObservations, ReplayTrace, ReplayTurn } from './replay.js';
import {
  byReplayOrder,
  byTraceStart,
  type ListChange,
  type ReplayChange,
  type ReplayTurnChange,
  type ReplayTurnsChange,
} from './replay-changes.js';

/**
 * The document after a step; null when it has to be read again. What did not change is the same objects. A document without all
 * its observations may be taken on: pages that are read later fit.
 */
export function mergeChange(document: ReplayDocument, change: ReplayChange): ReplayDocument | null {
  if (change.startedAtMs !== document.startedAtMs) return null;
  const { revision, asOfMs, session, durationMs } = change;
  const traces = mergeTraces(document.traces, change);
  return {
    ...document,
    ...{ revision, asOfMs, session, durationMs, traces },
    lanes: change.lanes ?? document.lanes,
    gaps: change.gaps === undefined ? document.gaps : mergeList(document.gaps, change.gaps),
    turns: mergeTurns(document.turns, traces, change),
    observations: mergeObservations(document, traces, change),
    ...(change.annotations !== undefined && { annotations: change.annotations }),
  };
}

/** The document with a page of further observations; null when it has to be read again. */
export function mergePage(document: ReplayDocument, page: ReplayObservations): ReplayDocument | null {
  if (page.startedAtMs !== document.startedAtMs) return null;
  const traces = new Set(document.traces.map(({ id }) => id));
  // A change may have brought some of them; and a trace may have come since, which the next change brings.
  const known = new Set(document.observations.map(keyOf));
  const added = page.observations.filter((each) => traces.has(each.traceId) && !known.has(keyOf(each)));
  return {
    ...document,
    observations: [...document.observations, ...added].sort(byReplayOrder),
    nextObservations: page.nextObservations,
  };
}

function mergeTraces(known: readonly ReplayTrace[], { traces, traceIds }: ReplayChange): readonly ReplayTrace[] {
  if (traces.length === 0 && traceIds === undefined) return known;
  const byId = new Map([...known, ...traces].map((trace) => [trace.id, trace]));
  const left = traceIds === undefined ? null : new Set(traceIds);
  return [...byId.values()].filter(({ id }) => left === null || left.has(id)).sort(byTraceStart);
}

function mergeTurns(
  known: readonly ReplayTurn[],
  traces: readonly ReplayTrace[],
  { turns, whole = [], traceIds, traces: changed }: ReplayChange,
): readonly ReplayTurn[] {
  if (turns.length + whole.length + changed.length === 0 && traceIds === undefined) return known;
  const byTrace = new Map<string, ReplayTurn[]>();
  for (const turn of known) {
    const ofTrace = byTrace.get(turn.traceId);
    if (ofTrace === undefined) byTrace.set(turn.traceId, [turn]);
    else ofTrace.push(turn);
  }
  for (const id of whole) byTrace.delete(id);
  for (const change of turns) byTrace.set(change.traceId, mergeTurnsOf(byTrace.get(change.traceId) ?? [], change));
  return traces.flatMap(({ id }) => byTrace.get(id) ?? []);
}

function mergeTurnsOf(known: readonly ReplayTurn[], { count, changed }: ReplayTurnsChange): ReplayTurn[] {
  const merged = known.slice(0, count);
  for (const change of changed) merged[change.place] = mergeTurn(known[change.place], change);
  return merged;
}

function mergeTurn(known: ReplayTurn | undefined, change: ReplayTurnChange): ReplayTurn {
  const { place: _, steps, errors, ...rest } = change;
  return { ...rest, steps: mergeList(known?.steps ?? [], steps), errors: mergeList(known?.errors ?? [], errors) };
}

function mergeObservations(
  document: ReplayDocument,
  traces: readonly ReplayTrace[],
  { observations, whole = [], traceIds, traces: changed }: ReplayChange,
): readonly ReplayObservation[] {
  if (observations.length + whole.length + changed.length === 0 && traceIds === undefined) return document.observations;
  const gone = new Set(whole);
  const here = traceIds === undefined ? null : new Set(traces.map(({ id }) => id));
  const replaced = new Map<string, Set<string>>();
  for (const { traceId, id } of observations) {
    const ofTrace = replaced.get(traceId);
    if (ofTrace === undefined) replaced.set(traceId, new Set([id]));
    else ofTrace.add(id);
  }
  const relaned = new Map(changed.map((trace) => [trace.id, trace]));
  const kept: ReplayObservation[] = [];
  for (const observation of document.observations) {
    const { traceId, id, service } = observation;
    if (gone.has(traceId) || here?.has(traceId) === false || replaced.get(traceId)?.has(id)) continue;
    const lane = relaned.get(traceId)?.lanes.find((each) => each.service === service)?.lane ?? observation.lane;
    kept.push(lane === observation.lane ? observation : { ...observation, lane });
  }
  return merged(kept, observations.toSorted(byReplayOrder));
}

/** Two lists in order, as one. */
function merged(a: readonly ReplayObservation[], b: readonly ReplayObservation[]): ReplayObservation[] {
  const all: ReplayObservation[] = [];
  let [atA, atB] = [0, 0];
  for (;;) {
    const [ofA, ofB] = [a[atA], b[atB]];
    if (ofA === undefined && ofB === undefined) return all;
    if (ofB === undefined || (ofA !== undefined && byReplayOrder(ofA, ofB) <= 0)) {
      if (ofA !== undefined) all.push(ofA);
      atA += 1;
    } else {
      all.push(ofB);
      atB += 1;
    }
  }
}

function mergeList<T>(known: readonly T[], { keep, add }: ListChange<T>): readonly T[] {
  return [...known.slice(0, keep), ...add];
}

function keyOf({ traceId, id }: ReplayObservation): string {
  return `${traceId}/${id}`;
}
