import { defined } from '../base/defined.js';
import type { Annotation } from '../store/annotations.js';

/** `Comment` of the Langfuse API. */
export function toComment(comment: Annotation, projectId: string) {
  const time = new Date(comment.timeMs).toISOString();
  const { sessionId, source } = comment;
  const objectType = source.observationId !== null ? 'OBSERVATION' : source.traceId !== null ? 'TRACE' : 'SESSION';
  return {
    id: comment.id,
    projectId,
    objectType,
    objectId: source.observationId ?? source.traceId ?? sessionId,
    content: comment.text,
    authorUserId: comment.authorUserId,
    createdAt: time,
    updatedAt: time,
    ...defined({ turn: comment.turn, passage: comment.passage }),
  };
}
