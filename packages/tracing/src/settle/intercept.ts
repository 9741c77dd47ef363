import { type Context, context } from '@opentelemetry/api';
import { isObject, read } from '../base/inert.js';
import { type StreamedCall, whenAbandoned } from './streamed-call.js';

/** The original method, on the object it was called on. */
type Invoke = (args: unknown[]) => unknown;
/** @param calls an implementation removes those that something else will settle */
type Around = (calls: Set<StreamedCall>, invoke: Invoke, key: PropertyKey, args: unknown[]) => unknown;

interface Waiting {
  readonly calls: Set<StreamedCall>;
  readonly keys: Set<PropertyKey>;
}

/** The calls that wait for an object, by object: an outer observed function may return what an inner one returned. */
const waiting = new WeakMap<object, Waiting>();

function stateOf(object: object): Waiting {
  const state = waiting.get(object) ?? { calls: new Set(), keys: new Set() };
  waiting.set(object, state);
  return state;
}

/** The calls that wait for the object. A live set: later calls are added to it. */
export function callsOf(object: object): Set<StreamedCall> {
  return stateOf(object).calls;
}

/**
 * Replaces methods of one object, which stays the same object: private members, `instanceof` and all other properties keep working,
 * which a proxy could not ensure. An object is intercepted once; later calls join the first.
 */
export function intercept(object: object, keys: readonly PropertyKey[], call: StreamedCall, around: Around): object {
  const { calls, keys: known } = stateOf(object);
  for (const each of calls) if (each.isSettled) calls.delete(each);
  calls.add(call);
  for (const key of keys) {
    if (known.has(key) || typeof read(object, key) !== 'function') continue;
    const original: unknown = Reflect.get(object, key);
    if (typeof original !== 'function') continue;
    Object.defineProperty(object, key, {
      configurable: true,
      writable: true,
      enumerable: Object.prototype.propertyIsEnumerable.call(object, key),
      value(this: unknown, ...args: unknown[]) {
        return around(calls, (given) => Reflect.apply(original, this, given), key, args);
      },
    });
    known.add(key);
  }
  whenAbandoned(object, call);
  return object;
}

/** Runs a step in a context and passes its result or its error to the calls: now, or when its promise settles. */
export function runThrough(
  where: Context,
  run: () => unknown,
  calls: ReadonlySet<StreamedCall>,
  arrived: (value: unknown, call: StreamedCall) => void,
): unknown {
  const passOn = (value: unknown) => {
    // A copy: the result may be the same object, for which the calls then wait again.
    for (const each of [...calls]) arrived(value, each);
    return value;
  };
  const failed = (error: unknown) => {
    for (const each of calls) each.failed(error);
    throw error;
  };
  let step: unknown;
  try {
    step = context.with(where, run);
  } catch (error) {
    return failed(error);
  }
  return isObject(step) && 'then' in step ? Promise.resolve(step).then(passOn, failed) : passOn(step);
}
