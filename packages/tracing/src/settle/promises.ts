import { Call, type Following } from './call.js';
import { ownKeysOf } from './own-properties.js';

/** Follows native promises. Anything else settles the call when it is returned: streams, generators and lazy queries are not read. */
export const PROMISES: Following<Call> = { follow: followPromise, Call };

function followPromise<R>(result: R, call: Call): R;
function followPromise(result: unknown, call: Call): unknown {
  const promise = derive(result, call, returned);
  return promise ?? returned(result, call);
}

function returned(value: unknown, call: Call): unknown {
  call.returned(value);
  return value;
}

/** Whether it is a native promise. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise && value.constructor === Promise;
}

/**
 * The promise that the caller gets instead of a native promise: adding handlers to the given one would mark it as handled and hide an
 * unhandled rejection of the application. `undefined` for anything else, and for a promise on which the application has set properties.
 * @param follow receives the value; its result fulfils the promise
 */
export function derive<C extends Call>(
  result: unknown,
  call: C,
  follow: (value: unknown, call: C) => unknown,
): Promise<unknown> | undefined {
  if (!isPromise(result) || ownKeysOf(result).length > 0) return undefined;
  return result.then(
    (value) => follow(value, call),
    (error) => {
      call.failed(error);
      throw error;
    },
  );
}
