import { getterOf, read } from '../base/inert.js';
import { callsOf } from './intercept.js';

/** The objects whose property `completed` has been replaced. */
const replaced = new WeakSet<object>();

/**
 * The run of an agent may have a promise `completed`, for programs that do not read its stream. When a program has read that property and the
 * promise is fulfilled, the calls whose stream nobody has begun to read settle with the run's `finalOutput` as output. The program gets a
 * derived promise, so that a rejection that nobody handles stays unhandled.
 */
export function followCompletion(run: object): void {
  const getter = getterOf(run, 'completed');
  const value = read(run, 'completed');
  if (replaced.has(run) || !(getter || value instanceof Promise)) return;
  replaced.add(run);
  const calls = callsOf(run);
  let given: unknown;
  let followed: unknown;
  Reflect.defineProperty(run, 'completed', {
    configurable: true,
    enumerable: Object.prototype.propertyIsEnumerable.call(run, 'completed'),
    get(this: unknown) {
      const promise = getter ? Reflect.apply(getter, this, []) : value;
      if (!(promise instanceof Promise)) return promise;
      for (const each of calls) each.readingBegan();
      if (promise === given) return followed;
      given = promise;
      followed = promise.then(
        (result) => {
          // Running its getter is safe: a completed run already has its output.
          for (const each of calls) each.returned(read(run, 'finalOutput', true));
          return result;
        },
        (error) => {
          for (const each of calls) each.failed(error);
          throw error;
        },
      );
      return followed;
    },
  });
}
