import { context } from '@opentelemetry/api';
import type { ObservationType } from '@powerrag/protocol';
import type { StartActiveObservationOptions } from '../base/types.js';
import { type Observation, openIn } from '../record/observation.js';
import { type Call, type Following, runActive } from '../settle/call.js';
import { EVERYTHING } from '../settle/follow.js';

/**
 * Starts an observation, runs `fn` with it active, and ends it when the result of `fn` has settled: a value at once, a promise when
 * it is fulfilled or rejected, a generator or stream when it has been read or abandoned. Returns what `fn` returns. An error of
 * `fn` is recorded and rethrown.
 */
export function startActiveObservation<R, T extends ObservationType = 'span'>(
  name: string,
  fn: (observation: Observation<T>) => R,
  options?: StartActiveObservationOptions<T>,
): R {
  return startActiveBy(EVERYTHING, name, fn, options);
}

/** `startActiveObservation`, with the result followed in the given way. */
export function startActiveBy<R, C extends Call, T extends ObservationType = 'span'>(
  following: Following<C>,
  name: string,
  fn: (observation: Observation<T>) => R,
  options?: StartActiveObservationOptions<T>,
): R {
  const observation = openIn(context.active(), name, undefined, options);
  return runActive(observation, () => fn(observation), { endOnExit: options?.endOnExit }, following);
}
