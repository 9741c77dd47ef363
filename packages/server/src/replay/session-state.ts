import {
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
import { SessionOrder } from './session-order.js';
import { laneIn, placed, type TraceView } from './trace-view.js';
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
  readonly order: SessionOrder;
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
  const inOrder = read
    .map((each) => placedTrace(each, layout, before))
    .sort((a, b) => byTraceStart(a.trace, b.trace))
    .map((each) => [each.trace.id, each] as const);
  const traces = new Map(inOrder);
  return { ...position, session, layout, traces, order: new SessionOrder(traces, layout.offset), annotations };
}

/** A document with the first observations. */
export function documentOf(state: SessionState, limit = Number.POSITIVE_INFINITY): ReplayDocument {
  const { layout, session, traces, order, annotations, revision, asOfMs } = state;
  const all = [...traces.values()];
  const { observations, nextObservations } = order.page(0, limit);
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

export function placedObservations({ view, trace }: PlacedTrace, { offset }: Layout): ReplayObservation[] {
  return view.observations.map((observation) => placed(observation, laneIn(trace, observation.service), offset));
}

function placedTrace({ view, words }: ReadTrace, layout: Layout, before: SessionState | null): PlacedTrace {
  const lanes = layout.lanesOf.get(view.trace.id) ?? [];
  const known = before?.layout.startedAtMs === layout.startedAtMs ? before.traces.get(view.trace.id) : undefined;
  const sameLanes = known !== undefined && isSameLanes(known.trace.lanes, lanes);
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

function isSameLanes(a: ReplayTrace['lanes'], b: ReplayTrace['lanes']): boolean {
  return a.length === b.length && a.every(({ service, lane }, n) => service === b[n]?.service && lane === b[n]?.lane);
}
