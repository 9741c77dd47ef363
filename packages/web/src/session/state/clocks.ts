import { byReplayOrder, byTraceStart, type ReplayDocument, type ReplayObservation } from '@powerrag/protocol';
import { observationKey } from './session-history.js';

/** Clocks of two machines often differ by this much, in milliseconds; less is not corrected. */
const TOLERATED_MS = 50;

/** How far each observation has to be moved, in milliseconds; what stays is not in it. */
type Shifts = ReadonlyMap<ReplayObservation, number>;

/**
 * The document with the clocks of its services aligned, and the very same document where none is wrong. A call into another service
 * cannot begin before its caller did: where it says so, the clock of that service is wrong, and all that it did there is moved into
 * the caller, in the middle where it fits. A clock that is fast shows only as calls that begin after their callers ended, as jobs
 * from a queue do as well: it counts as wrong where every call from the one service into the other is late by the same time.
 */
export function alignedClocks(document: ReplayDocument): ReplayDocument {
  const shifts = shiftsOf(document.observations);
  return shifts.size === 0 ? document : shifted(document, shifts);
}

function shiftsOf(observations: readonly ReplayObservation[]): Shifts {
  const byKey = new Map(observations.map((o) => [observationKey(o.traceId, o.id), o]));
  const parentOf = (o: ReplayObservation) =>
    o.parentId === null ? undefined : byKey.get(observationKey(o.traceId, o.parentId));
  const late = lateCalls(observations, parentOf);
  const shifts = new Map<ReplayObservation, number>();
  // Parents first: a parent that moves takes its children along before they are looked at.
  for (const observation of observations.toSorted((a, b) => a.depth - b.depth)) {
    const parent = parentOf(observation);
    if (parent === undefined) continue;
    const along = shifts.get(parent) ?? 0;
    const own = parent.service === observation.service ? 0 : correction(parent, observation, late);
    // In the service of its caller it has the caller's clock; in another one its own, which was right or is corrected here.
    const shift = parent.service === observation.service || own === 0 ? along : own + along;
    if (shift !== 0) shifts.set(observation, shift);
  }
  return shifts;
}

function correction(parent: ReplayObservation, child: ReplayObservation, late: ReadonlySet<string>): number {
  const isEarly = child.startMs < parent.startMs - TOLERATED_MS;
  if (!isEarly && !late.has(pairOf(parent, child))) return 0;
  const room = durationOf(parent) - durationOf(child);
  return parent.startMs - child.startMs + (room > 0 ? room / 2 : 0);
}

/** The pairs of services, caller and called, in which every call begins after its caller ended, all of them equally late. */
function lateCalls(
  observations: readonly ReplayObservation[],
  parentOf: (observation: ReplayObservation) => ReplayObservation | undefined,
): ReadonlySet<string> {
  const latest = new Map<string, { count: number; least: number; most: number; spread: number }>();
  for (const child of observations) {
    const parent = parentOf(child);
    if (parent === undefined || parent.service === child.service || parent.endMs === null) continue;
    const lateMs = child.startMs - parent.endMs;
    const pair = pairOf(parent, child);
    const known = latest.get(pair) ?? { count: 0, least: lateMs, most: lateMs, spread: 0 };
    latest.set(pair, {
      count: known.count + 1,
      least: Math.min(known.least, lateMs),
      most: Math.max(known.most, lateMs),
      // A call may begin anywhere in its caller, so that is how much equally late calls may differ.
      spread: Math.max(known.spread, durationOf(parent)),
    });
  }
  return new Set(
    [...latest].flatMap(([pair, { count, least, most, spread }]) =>
      count > 1 && least > TOLERATED_MS && most - least <= spread ? [pair] : [],
    ),
  );
}

function pairOf(parent: ReplayObservation, child: ReplayObservation): string {
  return JSON.stringify([parent.service, child.service]);
}

function durationOf({ startMs, endMs }: ReplayObservation): number {
  return endMs === null ? Number.POSITIVE_INFINITY : endMs - startMs;
}

/** The document with observations moved, and all that follows from their times: traces, turns, messages and its own bounds. */
function shifted(document: ReplayDocument, shifts: Shifts): ReplayDocument {
  const moved = document.observations.map((observation) => {
    const shift = shifts.get(observation);
    return shift === undefined ? observation : moveBy(observation, shift);
  });
  const byId = new Map(document.observations.map((o) => [observationKey(o.traceId, o.id), shifts.get(o) ?? 0]));
  const bounds = boundsByTrace(moved);
  const affected = new Set([...shifts.keys()].map(({ traceId }) => traceId));
  const traces = document.traces.map((trace) =>
    affected.has(trace.id) ? { ...trace, ...bounds.get(trace.id) } : trace,
  );
  const firstTurns = new Set<string>();
  const turns = document.turns.map((turn) => {
    const isFirst = !firstTurns.has(turn.traceId);
    firstTurns.add(turn.traceId);
    if (!affected.has(turn.traceId)) return turn;
    const { startMs, endMs } = bounds.get(turn.traceId) ?? turn;
    const messages = turn.messages.map((message) => ({
      ...message,
      atMs: message.atMs + (byId.get(observationKey(turn.traceId, message.observationId)) ?? 0),
    }));
    return { ...turn, messages, startMs: isFirst ? startMs : Math.max(startMs, turn.startMs), endMs };
  });
  return fromItsStart({ ...document, observations: moved, traces, turns, gaps: [] });
}

/** Moves offset 0 to the first observation, and brings all lists into their order. */
function fromItsStart(document: ReplayDocument): ReplayDocument {
  const first = document.observations.reduce(
    (least, { startMs }) => Math.min(least, startMs),
    Number.POSITIVE_INFINITY,
  );
  const by = Number.isFinite(first) ? -first : 0;
  const observations = document.observations.map((o) => moveBy(o, by)).sort(byReplayOrder);
  const traces = document.traces.map((t) => ({ ...t, startMs: t.startMs + by, endMs: t.endMs + by }));
  const turns = document.turns.map((turn) => ({
    ...turn,
    startMs: turn.startMs + by,
    endMs: turn.endMs + by,
    messages: turn.messages.map((message) => ({ ...message, atMs: message.atMs + by })),
  }));
  return {
    ...document,
    startedAtMs: document.startedAtMs - by,
    durationMs: observations.reduce((latest, { startMs, endMs }) => Math.max(latest, endMs ?? startMs), 0),
    observations,
    traces: traces.sort(byTraceStart),
    turns: turns.sort((a, b) => a.startMs - b.startMs),
  };
}

function moveBy(observation: ReplayObservation, ms: number): ReplayObservation {
  const { startMs, endMs, firstTokenMs } = observation;
  return {
    ...observation,
    startMs: startMs + ms,
    endMs: endMs === null ? null : endMs + ms,
    firstTokenMs: firstTokenMs === null ? null : firstTokenMs + ms,
  };
}

function boundsByTrace(observations: readonly ReplayObservation[]): Map<string, { startMs: number; endMs: number }> {
  const bounds = new Map<string, { startMs: number; endMs: number }>();
  for (const { traceId, startMs, endMs } of observations) {
    const known = bounds.get(traceId) ?? { startMs, endMs: startMs };
    known.startMs = Math.min(known.startMs, startMs);
    known.endMs = Math.max(known.endMs, endMs ?? startMs);
    bounds.set(traceId, known);
  }
  return bounds;
}
