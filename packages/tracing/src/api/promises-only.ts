import type { ObservationType } from '@powerrag/protocol';
import type { StartActiveObservationOptions } from '../base/types.js';
import type { Observation } from '../record/observation.js';
import { PROMISES } from '../settle/promises.js';
import type { DecoratorArguments } from './decorators.js';
import { type observe as observeAll, observeBy } from './observe.js';
import { type PropagateAttributesOptions, propagate } from './propagate.js';
import { startActiveBy } from './start-active.js';
import { runInSession } from './with-session.js';

/**
 * Like `observe` of the main entry, for functions that return values or promises. If the function returns a generator, a stream or a lazy
 * query, the observation ends when that is returned.
 */
export const observe = ((...given: DecoratorArguments) => observeBy(PROMISES, given)) as typeof observeAll;

/** Like `startActiveObservation` of the main entry, for functions that return values or promises. */
export function startActiveObservation<R, T extends ObservationType = 'span'>(
  name: string,
  fn: (observation: Observation<T>) => R,
  options?: StartActiveObservationOptions<T>,
): R {
  return startActiveBy(PROMISES, name, fn, options);
}

/** Like `propagateAttributes` of the main entry, but spans that start while a generator or stream is read do not get the attributes. */
export function propagateAttributes<R>(attributes: PropagateAttributesOptions, fn: () => R): R {
  return propagate(attributes, fn, (result) => result);
}

/** Like `withSession` of the main entry, with the same limit. */
export function withSession<R>(sessionId: string, fn: () => R): R {
  return runInSession(sessionId, fn, (result) => result);
}
