import type { Annotations } from '../store/annotations.js';
import type { ObservationWriter } from '../store/contract.js';
import { EVALUATION_EVENT, readEvaluation } from './read-annotation.js';

/** The writer, which also keeps the scores that events of spans hold. They are durable before the spans are. */
export function withEvaluations(writer: ObservationWriter, annotations: Annotations): ObservationWriter {
  return {
    write: async (projectId, batch) => {
      const scores = batch.flatMap(({ traceId, id, body }) =>
        body.events
          .filter(({ name }) => name === EVALUATION_EVENT)
          .flatMap(({ attributes, timeMs }) => readEvaluation(attributes, { traceId, spanId: id }, timeMs) ?? []),
      );
      if (scores.length > 0) await annotations.writeAnnotations(projectId, scores);
      await writer.write(projectId, batch);
    },
  };
}
