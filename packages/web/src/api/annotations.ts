import type { ReplayAnnotation } from '@powerrag/protocol';
import { encodePart } from '@powerrag/protocol';
import { send } from './client.js';

/** Stores a score or a comment; one of the same id is replaced. @throws ApiError */
export async function writeAnnotation(sessionId: string, annotation: ReplayAnnotation): Promise<void> {
  await send('POST', pathOf(annotation), bodyOf(sessionId, annotation));
}

/** Deletes a score or a comment. @throws ApiError */
export async function deleteAnnotation(annotation: ReplayAnnotation): Promise<void> {
  await send('DELETE', `${pathOf(annotation)}/${encodePart(annotation.id)}`);
}

function pathOf({ kind }: ReplayAnnotation): string {
  return kind === 'score' ? '/api/v1/scores' : '/api/v1/comments';
}

/** As the API takes it. What is on neither a trace nor an observation is on the session. */
function bodyOf(sessionId: string, annotation: ReplayAnnotation): object {
  const { kind, id, traceId, observationId, turn, passage, name, dataType, value, stringValue, text } = annotation;
  const place = { turn, passage };
  if (kind === 'score') {
    const on = traceId === null ? { sessionId } : { traceId, observationId };
    const given = dataType === 'CATEGORICAL' ? stringValue : value;
    return { id, name, dataType, value: given, comment: text, source: annotation.origin, ...on, ...place };
  }
  const object =
    observationId !== null
      ? { objectType: 'OBSERVATION', objectId: observationId, traceId }
      : traceId !== null
        ? { objectType: 'TRACE', objectId: traceId }
        : { objectType: 'SESSION', objectId: sessionId };
  return { id, content: text, ...object, ...place };
}
