import {
  byReplayOrder,
  byTraceStart,
  type ReplayAnnotation,
  type ReplayDocument,
  type ReplayObservation,
  type ReplayPosition,
  type ReplayTrace,
  type ReplayTurn,
} from '@powerrag/protocol';
import type { StoredSession } from '../store/contract.js';
import { TEXT_LIMIT } from './cut-message.js';
import { type Layout, layoutOf } from './layout.js';
import { placed, type TraceView } from './trace-view.js';
import { type TraceTurns, turnInReplay } from './turns.js';

/** A trace and its turns, read. */
export interface ReadTrace {
  readonly view: TraceView;
  readonly words: TraceTurns;
}

/** A trace in its session. */
export interface PlacedTrace extends ReadTrace {
  readonly trace: ReplayTrace;
  readonly turns: readonly ReplayTurn[];
}

/** A session as of a position, from which its document and its changes are made. */
export interface SessionState extends ReplayPosition {
  readonly session: StoredSession;
  readonly layout: Layout;
  /** By id, in order of start. */
  readonly traces: ReadonlyMap<string, PlacedTrace>;
  /** Null where the server keeps none. */
  readonly annotations: readonly ReplayAnnotation[] | null;
}

/** What is the same as in the state before is the same objects. */
export function stateOf(
  position: ReplayPosition,
  session: StoredSession,
  read: readonly ReadTrace[],
  annotations: readonly ReplayAnnotation[] | null,
  before: SessionState | null = null,
): SessionState {
  const layout = layoutOf(
    read.map(({ view }) => view),
    session.startMs,
  );
  const traces = read
    .map((each) => placedTrace(each, layout, before))
    .sort((a, b) => byTraceStart(a.trace, b.trace))
    .map((each) => [each.trace.id, each] as const);
  return { ...position, session, layout, traces: new Map(traces), annotations };
}

/** A document with the first observations. */
export function documentOf(state: SessionState, limit = Number.POSITIVE_INFINITY): ReplayDocument {
  const { layout, session, traces, annotations, revision, asOfMs } = state;
  const all = [...traces.values()];
  const { observations, nextObservations } = pageOf(observationsOf(state), 0, limit);
  return {
    revision,
    asOfMs,
    textLimit: TEXT_LIMIT,
    session,
    startedAtMs: layout.startedAtMs,
    durationMs: layout.durationMs,
    lanes: layout.lanes,
    gaps: layout.gaps,
    turns: all.flatMap(({ turns }) => turns),
    traces: all.map(({ trace }) => trace),
    observations,
    nextObservations,
    ...(annotations !== null && { annotations }),
  };
}

/** All observations, in the order of the document. */
export function observationsOf({ traces, layout }: SessionState): ReplayObservation[] {
  return [...traces.values()].flatMap((trace) => placedObservations(trace, layout)).sort(byReplayOrder);
}

export function placedObservations({ view, trace }: PlacedTrace, { offset }: Layout): ReplayObservation[] {
  return view.observations.map((observation) => placed(observation, laneIn(trace, observation.service), offset));
}

export function laneIn({ lanes }: ReplayTrace, service: string | null): number {
  return lanes.find((each) => each.service === service)?.lane ?? 0;
}

/** Some observations, from a place in the list. The cursor names the last of them. */
export function pageOf(all: readonly ReplayObservation[], from: number, limit: number) {
  const observations = all.slice(from, from + limit);
  const last = observations.at(-1);
  return { observations, nextObservations: last !== undefined && from + limit < all.length ? cursorOf(last) : null };
}

/** The place of the first observation after the one that a cursor names, whether or not that one is still there. Null: no cursor. */
export function placeAfter(all: readonly ReplayObservation[], cursor: string): number | null {
  const last = readCursor(cursor);
  if (last === null) return null;
  const at = all.findIndex((observation) => byReplayOrder(observation, { ...observation, ...last }) > 0);
  return at === -1 ? all.length : at;
}

function cursorOf({ startMs, depth, traceId, id }: ReplayObservation): string {
  return Buffer.from(JSON.stringify([startMs, depth, traceId, id])).toString('base64url');
}

function readCursor(cursor: string): Pick<ReplayObservation, 'startMs' | 'depth' | 'traceId' | 'id'> | null {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return null;
  }
  if (!Array.isArray(value)) return null;
  const [startMs, depth, traceId, id]: unknown[] = value;
  const isCursor =
    typeof startMs === 'number' && typeof depth === 'number' && typeof traceId === 'string' && typeof id === 'string';
  return isCursor ? { startMs, depth, traceId, id } : null;
}

function placedTrace({ view, words }: ReadTrace, layout: Layout, before: SessionState | null): PlacedTrace {
  const lanes = layout.lanesOf.get(view.trace.id) ?? [];
  const known = before?.layout.startedAtMs === layout.startedAtMs ? before.traces.get(view.trace.id) : undefined;
  const sameLanes = known !== undefined && JSON.stringify(known.trace.lanes) === JSON.stringify(lanes);
  if (known !== undefined && known.view === view && known.words === words && sameLanes) return known;
  const { offset } = layout;
  const { startMs, endMs } = view.trace;
  const trace: ReplayTrace = { ...view.trace, lanes, startMs: offset(startMs), endMs: offset(endMs) };
  return {
    view,
    words,
    trace: known !== undefined && JSON.stringify(known.trace) === JSON.stringify(trace) ? known.trace : trace,
    turns:
      known !== undefined && known.words === words
        ? known.turns
        : words.turns.map((turn) => turnInReplay(turn, offset)),
  };
}
