import type { Piece } from '../pieces/piece.js';
import type { Annotation } from './annotations.js';
import type { LogEvent } from './log-events.js';

/** What is to be deleted: every trace that is there when it is asked, and all that belongs to it. */
export type Deletion =
  | { readonly kind: 'traces'; readonly traceIds: readonly string[] }
  | { readonly kind: 'session'; readonly sessionId: string }
  | { readonly kind: 'user'; readonly userId: string }
  /** Traces that ended before this, in Unix milliseconds, whatever session they are in. */
  | { readonly kind: 'ended-before'; readonly endedBeforeMs: number };

/** Deletes what is stored. */
export interface Retention {
  /**
   * Deletes traces with their observations, pieces, log events, scores and comments, and the scores and comments on a session that
   * has no trace left. Each trace goes whole, with its share of every total. Resolves when none of them can be read any more, also
   * after a crash; what was begun is finished after one.
   *
   * What arrives for a deleted trace within `TOMBSTONE_MS` is taken and not stored. A new trace of the same session or user is.
   *
   * @returns the number of traces that were deleted, or will be after a crash.
   */
  deleteTraces(projectId: string, what: Deletion): Promise<number>;
  /**
   * Resolves when nothing that was deleted is left in any file, and contents and media that nothing refers to are gone. Without
   * it that happens by itself, somewhat later.
   */
  purged(): Promise<void>;
}

/** Milliseconds for which a deleted trace does not come back: longer than any client keeps what it could not send. */
export const TOMBSTONE_MS = 30 * 24 * 60 * 60 * 1000;

/** What a deletion leaves behind, so that a delivery that is repeated does not bring it back. */
export type TombstoneKind = 'trace' | 'score' | 'comment' | 'source';

/** Whose tombstone keeps a delivery out. */
export function tombstonesOf(each: Piece | LogEvent | Annotation): (readonly [kind: TombstoneKind, id: string])[] {
  const ofTrace = each.traceId === null ? [] : [['trace', each.traceId] as const];
  // A piece that names no trace belongs to what its source was seen in.
  if ('sourceId' in each) return each.traceId === null ? [['source', each.sourceId]] : ofTrace;
  return 'kind' in each ? [[each.kind, each.id], ...ofTrace] : ofTrace;
}
