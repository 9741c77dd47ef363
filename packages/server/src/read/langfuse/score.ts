import { defined } from '../../base/defined.js';
import { type Annotation, DEFAULT_ENVIRONMENT } from '../../store/annotations.js';
import type { StoredTrace } from '../../store/contract.js';

/** `Score` of the Langfuse API. `trace`: what it is on, where that is known. */
export function toScore(score: Annotation, trace: StoredTrace | null = null) {
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
    environment: score.environment ?? DEFAULT_ENVIRONMENT,
    authorUserId: score.authorUserId,
    metadata: score.metadata,
    configId: null,
    queueId: null,
    ...defined({ turn: score.turn, passage: score.passage }),
    trace: {
      userId: trace?.userId ?? null,
      tags: [...(trace?.tags ?? [])],
      environment: trace?.environment ?? score.environment ?? DEFAULT_ENVIRONMENT,
      sessionId: trace?.sessionId ?? null,
    },
  };
}

/** `ScoreV3` of the Langfuse API: the core, and the groups that are asked for. */
export function toScoreV3(
  score: Annotation,
  projectId: string,
  groups: ReadonlySet<'details' | 'subject' | 'annotation'>,
) {
  const time = new Date(score.timeMs).toISOString();
  return {
    id: score.id,
    projectId,
    name: score.name,
    value: shownValue(score),
    dataType: score.dataType,
    source: score.origin,
    timestamp: time,
    environment: score.environment ?? DEFAULT_ENVIRONMENT,
    createdAt: time,
    updatedAt: time,
    ...(groups.has('details') && { comment: score.text, configId: null, metadata: score.metadata }),
    ...(groups.has('subject') && { subject: subjectOf(score) }),
    ...(groups.has('annotation') && { authorUserId: score.authorUserId, queueId: null }),
  };
}

function shownValue({ dataType, value, stringValue }: Annotation): number | boolean | string | null {
  if (dataType === 'BOOLEAN') return value === 1;
  return dataType === 'CATEGORICAL' ? stringValue : value;
}

function subjectOf({ source, sessionId }: Annotation) {
  const { observationId, traceId } = source;
  if (observationId !== null)
    return { kind: 'observation', id: observationId, ...defined({ traceId: traceId ?? undefined }) };
  return traceId === null ? { kind: 'session', id: sessionId ?? '' } : { kind: 'trace', id: traceId };
}
