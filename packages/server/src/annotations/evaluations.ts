import { EVALUATION_EVENT } from '@powerrag/protocol';
import type { Annotations } from '../store/annotations.js';
import type { ObservationWriter } from '../store/contract.js';
import { isCarried, readEvaluation } from './read-annotation.js';

/**
 * The writer, which also keeps the scores that events of spans hold. They are durable before the spans are. A span that only carries a score
 * is not stored: it is no work of the application.
 */
export function withEvaluations(writer: ObservationWriter, annotations: Annotations): ObservationWriter {
  return {
    write: async (projectId, batch) => {
      const evaluations = batch.flatMap((observation) =>
        observation.body.events
          .filter(({ name }) => name === EVALUATION_EVENT)
          .map((event) => ({ observation, event })),
      );
      if (evaluations.length === 0) return writer.write(projectId, batch);
      const scores = evaluations.flatMap(
        ({ observation: { traceId, id }, event: { attributes, timeMs } }) =>
          readEvaluation(attributes, { traceId, spanId: id }, timeMs) ?? [],
      );
      await annotations.writeAnnotations(projectId, scores);
      const carriers = new Set(
        evaluations.flatMap(({ observation, event }) => (isCarried(event.attributes) ? [observation] : [])),
      );
      const rest = batch.filter((observation) => !carriers.has(observation));
      if (rest.length > 0) await writer.write(projectId, rest);
    },
  };
}
