import type { Call } from './call.js';

/** Settles the call when the result has settled, and returns what the caller is to get for it. */
export function follow<R>(result: R, call: Call): R;
export function follow(result: unknown, call: Call): unknown {
  if (typeof result !== 'object' || result === null) {
    call.returned(result);
    return result;
  }
  // A promise that our handlers hang on counts as handled: only the derived one keeps the process's unhandled rejections.
  if (result instanceof Promise) {
    return result.then(
      (value) => follow(value, call),
      (error) => {
        call.failed(error);
        throw error;
      },
    );
  }
  call.returned(result);
  return result;
}
