import type { Observation } from '../observation/observation.js';
import { assemble, assembleRoot } from '../pieces/assemble.js';
import { Fold, PieceGroup } from '../pieces/fold.js';
import type { Piece, PieceExtent } from '../pieces/piece.js';

/** Adds to an observation, such as an estimated cost. */
export type Complete = (observation: Observation) => Observation;

/** Takes observations in that arrive in pieces. */
export interface PieceWriter {
  /**
   * Keeps the pieces and puts every observation together anew that they are of, and the one that stands for its trace: whole or
   * not at all, durable when it resolves. Idempotent and commutative: the same pieces, in any order, grouping and number, leave
   * the same observations. Of an observation no piece of which names a trace nothing is shown until one does.
   *
   * @param complete adds to an observation that was put together what its pieces do not say. Pure. Default: nothing.
   */
  writePieces(projectId: string, pieces: readonly Piece[], complete?: Complete): Promise<void>;
}

/** The pieces that a store holds of one project. */
export interface PieceSource {
  /** All pieces of an observation. */
  ofObservation(sourceId: string): PieceGroup;
  /** The pieces of the observation that stands for the trace. */
  ofTrace(traceId: string): Fold;
  /** From all pieces that name the trace, with how many they are. */
  extent(traceId: string): PieceExtent & { readonly count: number };
}

/** The observations that have to be written after these pieces were kept. */
export function assembleChanged(source: PieceSource, pieces: readonly Piece[]): Observation[] {
  const traceIds = new Set<string>();
  const sourceIds = new Set<string>();
  for (const { kind, sourceId, traceId } of pieces) {
    if (traceId !== null) traceIds.add(traceId);
    if (kind === 'observation') sourceIds.add(sourceId);
  }
  const observations: Observation[] = [];
  for (const sourceId of sourceIds) {
    const all = source.ofObservation(sourceId);
    for (const traceId of all.traceIds) observations.push(assemble(traceId, sourceId, all.of(traceId)));
  }
  for (const traceId of traceIds) {
    const { count, ...extent } = source.extent(traceId);
    observations.push(assembleRoot(traceId, source.ofTrace(traceId), extent, count));
  }
  return observations;
}

/** Pieces by project, held in memory. */
export class PiecesInMemory {
  readonly #pieces = new Map<string, Piece>();

  /** Removes those of a trace, and gives the sources of which no trace is known any more. */
  remove(traceId: string): ReadonlySet<string> {
    const all = [...this.#pieces];
    const sources = new Set<string>();
    for (const [key, piece] of all) {
      if (piece.traceId !== traceId) continue;
      this.#pieces.delete(key);
      if (piece.kind === 'observation') sources.add(piece.sourceId);
    }
    for (const { kind, sourceId, traceId: named } of this.#pieces.values()) {
      if (kind === 'observation' && named !== null) sources.delete(sourceId);
    }
    for (const [key, { kind, sourceId }] of all) {
      if (kind === 'observation' && sources.has(sourceId)) this.#pieces.delete(key);
    }
    return sources;
  }

  /** Keeps them and gives the observations that have to be written. */
  add(pieces: readonly Piece[]): Observation[] {
    for (const piece of pieces) this.#pieces.set(`${piece.kind}\0${piece.sourceId}\0${piece.key}`, piece);
    const all = [...this.#pieces.values()];
    return assembleChanged(
      {
        ofObservation: (id) =>
          PieceGroup.of(all.filter(({ kind, sourceId }) => kind === 'observation' && sourceId === id)),
        ofTrace: (id) => Fold.of(all.filter(({ kind, traceId }) => kind === 'trace' && traceId === id)),
        extent: (id) => {
          const named = all.filter(({ traceId }) => traceId === id);
          const firstMs = Math.min(...named.map((piece) => piece.firstMs));
          return { firstMs, lastMs: Math.max(...named.map((piece) => piece.lastMs)), count: named.length };
        },
      },
      pieces,
    );
  }
}
