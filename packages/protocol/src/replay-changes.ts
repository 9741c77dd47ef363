import type {
  ReplayAnnotation,
  ReplayDocument,
  ReplayGap,
  ReplayLane,
  ReplayObservation,
  ReplayTrace,
  ReplayTurn,
  SessionSummary,
} from './replay.js';

/** The state of a document. Of one revision there may be several: a trace stops running as time passes. */
export type ReplayPosition = Pick<ReplayDocument, 'revision' | 'asOfMs'>;

/** What changed in a session after a position, as steps in order. */
export interface ReplayChanges extends ReplayPosition {
  /** The position that they lead on from; null for none. A document at another position reads the changes after its own. */
  readonly from: ReplayPosition | null;
  readonly changes: readonly ReplayChange[];
  /** When the session changes though nothing more is stored, Unix milliseconds: a trace stops running. Null: never. */
  readonly nextChangeMs: number | null;
}

/** A step from one state of a document to the next. An absent field has not changed. */
export interface ReplayChange extends ReplayPosition {
  readonly session: SessionSummary;
  /** If it is not that of the document, all offsets have changed, and the step holds none of them: read the document again. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly lanes?: readonly ReplayLane[];
  readonly gaps?: ListChange<ReplayGap>;
  readonly annotations?: readonly ReplayAnnotation[];
  /** All traces of the session; others have left it. */
  readonly traceIds?: readonly string[];
  /** Traces whose observations and turns are all in this step: those that were known are dropped first. */
  readonly whole?: readonly string[];
  /** Added or changed. A trace that is here has new lanes for all its observations. */
  readonly traces: readonly ReplayTrace[];
  /** Added or changed. */
  readonly observations: readonly ReplayObservation[];
  readonly turns: readonly ReplayTurnsChange[];
}

/** The turns of a trace. */
export interface ReplayTurnsChange {
  readonly traceId: string;
  /** How many there are now. */
  readonly count: number;
  /** Added or changed, with the place of each among those of its trace. */
  readonly changed: readonly ReplayTurnChange[];
}

export interface ReplayTurnChange extends Omit<ReplayTurn, 'steps' | 'errors'> {
  readonly place: number;
  readonly steps: ListChange<string>;
  readonly errors: ListChange<string>;
}

/** A list that mostly grows at its end: so many of its entries stay, and these follow. */
export interface ListChange<T> {
  readonly keep: number;
  readonly add: readonly T[];
}

/** The position as it is written in an address and as the id of an event. */
export function writePosition({ revision, asOfMs }: ReplayPosition): string {
  return `${revision}.${asOfMs}`;
}

/** Reads a position; a revision alone is one. Null for anything else. */
export function readPosition(text: string): ReplayPosition | null {
  const [, revision, asOfMs = '0'] = /^(\d{1,15})(?:\.(\d{1,15}))?$/.exec(text) ?? [];
  return revision === undefined ? null : { revision: Number(revision), asOfMs: Number(asOfMs) };
}

/** What the order of an observation in a document depends on. */
export type ReplayPlace = Pick<ReplayObservation, 'startMs' | 'depth' | 'traceId' | 'id'>;

/** The order of a document's observations. */
export function byReplayOrder(a: ReplayPlace, b: ReplayPlace): number {
  return a.startMs - b.startMs || a.depth - b.depth || compare(a.traceId, b.traceId) || compare(a.id, b.id);
}

/** The order of a document's traces. */
export function byTraceStart(a: Pick<ReplayTrace, 'startMs' | 'id'>, b: Pick<ReplayTrace, 'startMs' | 'id'>): number {
  return a.startMs - b.startMs || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
