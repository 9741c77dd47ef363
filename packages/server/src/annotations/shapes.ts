import type { Annotation } from '../store/annotations.js';

/** `Score` of the Langfuse API. */
export function toScore(score: Annotation) {
  const time = new Date(score.timeMs).toISOString();
  return {
    id: score.id,
    traceId: score.source.traceId,
    sessionId: score.sessionId,
    observationId: score.source.observationId,
    name: score.name,
    dataType: score.dataType,
    value: score.value,
    stringValue: score.stringValue,
    comment: score.text,
    source: score.origin,
    timestamp: time,
    createdAt: time,
    updatedAt: time,
    environment: score.environment ?? 'default',
    authorUserId: score.authorUserId,
    metadata: score.metadata,
    configId: null,
    queueId: null,
    trace: { userId: null, tags: [], environment: score.environment ?? 'default' },
  };
}

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
  };
}
