import type { Piece } from '../pieces/piece.js';
import type { Annotation, annotationsInMemory } from './annotations.js';
import type { StoredTrace } from './contract.js';
import type { LogEvent } from './log-events.js';
import { type Deletion, type Retention, type TombstoneKind, tombstonesOf } from './retention.js';

export interface DeletionInMemoryDeps {
  tracesOf(projectId: string): StoredTrace[];
  /** Traces are about to be removed. */
  begin(): void;
  /** Removes a trace, and gives the ids of its observations and the sources of pieces that belonged to it alone. */
  remove(
    projectId: string,
    traceId: string,
  ): { readonly observationIds: ReadonlySet<string>; readonly sources: ReadonlySet<string> };
  readonly annotations: ReturnType<typeof annotationsInMemory>;
}

export interface DeletionInMemory extends Pick<Retention, 'deleteTraces'> {
  isDeleted(projectId: string, kind: TombstoneKind, id: string): boolean;
  /** Those of a delivery that were not deleted, nor is the trace that they belong to. */
  leaveOut<T extends Piece | LogEvent | Annotation>(projectId: string, all: readonly T[]): readonly T[];
}

/** Deletion for the store in memory, which keeps tombstones for as long as it lives. Media is not swept. */
export function deletionInMemory(deps: DeletionInMemoryDeps): DeletionInMemory {
  const tombstones = new Set<string>();
  const keyOf = (...parts: string[]) => parts.join('\0');
  const isDeleted = (projectId: string, kind: TombstoneKind, id: string) => tombstones.has(keyOf(projectId, kind, id));

  function removeAnnotations(projectId: string, matches: (annotation: Annotation) => boolean): void {
    for (const { kind, id } of deps.annotations.removeAnnotations(projectId, matches)) {
      tombstones.add(keyOf(projectId, kind, id));
    }
  }

  return {
    isDeleted,
    leaveOut: (projectId, all) =>
      all.filter((each) => !tombstonesOf(each).some(([kind, id]) => isDeleted(projectId, kind, id))),
    async deleteTraces(projectId, what) {
      const found = deps.tracesOf(projectId).filter((trace) => isMeant(trace, what));
      const sessionIds = new Set(found.flatMap(({ sessionId }) => sessionId ?? []));
      if (what.kind === 'session') sessionIds.add(what.sessionId);
      if (found.length > 0) deps.begin();
      for (const { id: traceId } of found) {
        const { observationIds, sources } = deps.remove(projectId, traceId);
        tombstones.add(keyOf(projectId, 'trace', traceId));
        for (const source of sources) tombstones.add(keyOf(projectId, 'source', source));
        removeAnnotations(
          projectId,
          (each) => each.traceId === traceId || (each.traceId === null && observationIds.has(each.observationId ?? '')),
        );
      }
      for (const { sessionId } of deps.tracesOf(projectId)) sessionIds.delete(sessionId ?? '');
      removeAnnotations(projectId, (each) => each.traceId === null && sessionIds.has(each.sessionId ?? ''));
      return found.length;
    },
  };
}

function isMeant(trace: StoredTrace, what: Deletion): boolean {
  switch (what.kind) {
    case 'traces':
      return what.traceIds.includes(trace.id);
    case 'session':
      return trace.sessionId === what.sessionId;
    case 'user':
      return trace.userId === what.userId;
    case 'ended-before':
      return trace.startMs < what.endedBeforeMs && trace.endMs < what.endedBeforeMs;
  }
}
