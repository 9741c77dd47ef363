import { EVALUATION_EVENT } from '@powerrag/protocol';
import type { Observation } from '../observation/observation.js';
import type { Annotation, Annotations } from '../store/annotations.js';
import type { ObservationWriter } from '../store/contract.js';
import { isCarried, readEvaluation } from './read-annotation.js';

/**
 * The writer, which also keeps the scores that events of spans hold. They are durable before the spans are. A span that only carries a score
 * is not stored, because it is not part of the application's work.
 */
export function withEvaluations(writer: ObservationWriter, annotations: Annotations): ObservationWriter {
  return {
    write: async (projectId, batch) => {
      const scores = scoresIn(batch);
      if (scores.length > 0) await annotations.writeAnnotations(projectId, scores);
      const rest = batch.filter((observation) => !isCarrier(observation));
      if (rest.length > 0) await writer.write(projectId, rest);
    },
  };
}

/** The traces that scores in events of these observations are on. */
export function scoredTraces(batch: readonly Observation[]): { readonly traceId: string; readonly trace: object }[] {
  return scoresIn(batch).flatMap(({ traceId }) => (traceId === null ? [] : [{ traceId, trace: {} }]));
}

function scoresIn(batch: readonly Observation[]): Annotation[] {
  return batch.flatMap(({ traceId, id, body }) =>
    body.events.flatMap(({ name, attributes, timeMs }) =>
      name === EVALUATION_EVENT ? (readEvaluation(attributes, { traceId, spanId: id }, timeMs) ?? []) : [],
    ),
  );
}

function isCarrier({ body }: Observation): boolean {
  return body.events.some(({ name, attributes }) => name === EVALUATION_EVENT && isCarried(attributes));
}
