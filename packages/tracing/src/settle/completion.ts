import { getterOf, read } from '../base/inert.js';
import { callsOf } from './intercept.js';

/** The objects whose property `completed` has been replaced. */
const replaced = new WeakSet<object>();

/**
 * The run of an agent may have a promise `completed`, for programs that do not read its stream. Once a program has asked for the promise and
 * it is fulfilled, those calls are settled whose stream nobody has begun to read, with the run's `finalOutput` as output. The program gets a
 * promise derived from it, so that a rejection which nobody handles stays unhandled.
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
          for (const each of calls) each.returned(finalOutputOf(run));
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

/** Its getter may be run: a run that is completed has the output at hand. */
function finalOutputOf(run: object): unknown {
  return read(run, 'finalOutput', true);
}
