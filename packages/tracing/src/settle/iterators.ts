import { isObject } from '../base/inert.js';
import { intercept, runThrough } from './intercept.js';
import type { StreamedCall } from './streamed-call.js';

/** The methods of an iterator that run its body. */
export const STEPS = ['next', 'return', 'throw'] as const;

/** A generator, or another iterator, of either kind. Its body runs where the observation is active. */
export function followIterator(iterator: object, call: StreamedCall): object {
  return intercept(iterator, STEPS, call, (calls, invoke, key, args) => runStep(call, calls, () => invoke(args), key));
}

/** Runs one step of an iterator and passes its result to the calls. @param method which of `STEPS` it is */
export function runStep(
  call: StreamedCall,
  calls: ReadonlySet<StreamedCall>,
  step: () => unknown,
  method: PropertyKey,
): unknown {
  return runThrough(call.context, step, calls, (result, each) => {
    if (isObject(result)) takeStep(each, result, method);
  });
}

function takeStep(call: StreamedCall, { done, value }: { done?: unknown; value?: unknown }, method: PropertyKey): void {
  if (!done) call.chunk(value);
  else if (method === 'next') call.returned(value);
  else call.left(method === 'return' ? 'returned' : 'thrown');
}
