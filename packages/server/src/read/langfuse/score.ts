import { defined } from '../../base/defined.js';
import type { Annotation } from '../../store/annotations.js';

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
    ...defined({ turn: score.turn, passage: score.passage }),
    trace: { userId: null, tags: [], environment: score.environment ?? 'default' },
  };
}
