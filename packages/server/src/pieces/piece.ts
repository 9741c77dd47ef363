import type { Observation, ObservationBody, TraceAttributes } from '../observation/observation.js';

/** The fields that a piece can set. A field that it does not mention is absent and keeps the value from another piece. */
export type PieceFields = {
  readonly [F in Exclude<
    keyof Observation,
    'traceId' | 'id' | 'body' | 'trace' | 'statements' | 'pieceCount' | 'costEstimated' | 'responseId'
  >]?: Exclude<Observation[F], null>;
} & { readonly [F in Exclude<keyof ObservationBody, 'events'>]?: Exclude<ObservationBody[F], null> };

/** A part of an observation, for clients that send its start, its updates and its end separately. */
export interface Piece {
  /**
   * The client's id of the observation, unique in the project. For a piece of `trace`, which belongs to the observation that
   * represents the trace, it is the client's id of the trace.
   */
  readonly sourceId: string;
  readonly kind: 'observation' | 'trace';
  /** Null if the piece does not name it: then it belongs to every trace that other pieces of the observation name. */
  readonly traceId: string | null;
  /** Identifies the piece within its observation: two pieces with the same key are the same piece. */
  readonly key: string;
  /** Unix milliseconds. If two pieces set the same field, the later one wins. */
  readonly atMs: number;
  /** The earliest and latest time in the piece. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly fields: PieceFields;
  readonly trace: TraceAttributes;
}

/** The time span that the pieces of a trace cover. */
export interface PieceExtent {
  readonly firstMs: number;
  readonly lastMs: number;
}
