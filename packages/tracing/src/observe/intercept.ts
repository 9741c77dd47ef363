import { type Context, context } from '@opentelemetry/api';
import { isObject } from '../snapshot.js';
import { type Call, whenAbandoned } from './call.js';

/** The method as it was, on the object it was called on. */
type Invoke = (args: unknown[]) => unknown;
type Around = (calls: ReadonlySet<Call>, invoke: Invoke, key: PropertyKey, args: unknown[]) => unknown;

/** The calls that wait for an object to settle, by object: what an inner observed function returns, an outer one may return too. */
const waiting = new WeakMap<object, Map<PropertyKey, Set<Call>>>();

/**
 * Stands around methods of one object, which stays the same object. Private members, `instanceof` and all other properties are
 * then as they were, which no proxy could keep. An object is stood around once; later calls join the first.
 */
export function intercept(object: object, keys: readonly PropertyKey[], call: Call, around: Around): object {
  const byKey = waiting.get(object) ?? new Map<PropertyKey, Set<Call>>();
  waiting.set(object, byKey);
  for (const key of keys) {
    const joined = byKey.get(key);
    if (joined) {
      for (const each of joined) if (each.isSettled) joined.delete(each);
      joined.add(call);
      continue;
    }
    const original: unknown = Reflect.get(object, key);
    if (typeof original !== 'function') continue;
    const calls = new Set([call]);
    Object.defineProperty(object, key, {
      configurable: true,
      writable: true,
      enumerable: Object.prototype.propertyIsEnumerable.call(object, key),
      value(this: unknown, ...args: unknown[]) {
        return around(calls, (given) => Reflect.apply(original, this, given), key, args);
      },
    });
    byKey.set(key, calls);
  }
  whenAbandoned(object, call);
  return object;
}

/** Runs a step in a context, and tells the calls of its result, or of its failure: now, or when its promise is settled. */
export function runThrough(
  where: Context,
  run: () => unknown,
  calls: ReadonlySet<Call>,
  arrived: (value: unknown, call: Call) => void,
): unknown {
  const passOn = (value: unknown) => {
    for (const each of calls) arrived(value, each);
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
