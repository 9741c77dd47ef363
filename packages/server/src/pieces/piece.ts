import type { Observation, ObservationBody, TraceAttributes } from '../observation/observation.js';

/** What a piece can say of its observation. What it does not mention is absent, and stands as another piece said it. */
export type PieceFields = {
  readonly [F in Exclude<
    keyof Observation,
    'traceId' | 'id' | 'body' | 'trace' | 'statements' | 'pieceCount' | 'costEstimated'
  >]?: Exclude<Observation[F], null>;
} & { readonly [F in Exclude<keyof ObservationBody, 'events'>]?: Exclude<ObservationBody[F], null> };

/** A part of an observation, as clients send them that tell of its start, its changes and its end apart. */
export interface Piece {
  /**
   * What the client calls the observation, in all of the project. A piece of `trace` is one of the observation that stands for
   * the trace, and this is what the client calls that.
   */
  readonly sourceId: string;
  readonly kind: 'observation' | 'trace';
  /** Null where the piece does not say: then it belongs to every trace that other pieces of the observation name. */
  readonly traceId: string | null;
  /** Tells it from all other pieces of the observation: pieces of one key are the same. */
  readonly key: string;
  /** Unix milliseconds. Of what two pieces say of one field that of the later stands. */
  readonly atMs: number;
  /** The earliest and latest moment that it tells of. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly fields: PieceFields;
  readonly trace: TraceAttributes;
}

/** The moments of a trace that its pieces tell of. */
export interface PieceExtent {
  readonly firstMs: number;
  readonly lastMs: number;
}
