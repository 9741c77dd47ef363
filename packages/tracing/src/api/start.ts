import { context } from '@opentelemetry/api';
import type { ObservationType } from '@powerrag/protocol';
import type { AttributesByType, StartObservationOptions } from '../base/types.js';
import { type Observation, startIn } from '../record/observation.js';

/**
 * Starts an observation, as a child of the active one if there is one. It does not become active, and the caller must end it; an
 * event ends itself. Without a tracer provider nothing is recorded.
 */
export function startObservation<T extends ObservationType = 'span'>(
  name: string,
  attributes?: AttributesByType[T],
  options?: StartObservationOptions<T>,
): Observation<T> {
  return startIn(context.active(), name, attributes, options);
}
