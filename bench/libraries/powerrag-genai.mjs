import * as tracing from '@powerrag/tracing';
import { observationOperations } from './observation-api.mjs';

/** As powerrag.mjs, with the GenAI attributes of OpenTelemetry written too. */
export const title = '@powerrag/tracing, genAiAttributes';

export function operations() {
  tracing.configureTracing({ genAiAttributes: true });
  return observationOperations(tracing);
}
