import * as timers from 'node:timers';
import { isProcessRealm } from './realm.js';

// Read when the module is loaded, as in clock.ts.
const { setImmediate: realSetImmediate } = timers;
const atLoad = { setImmediate: globalThis.setImmediate, queueMicrotask, nextTick: process.nextTick };

/**
 * Whether a test has replaced `setImmediate` or `queueMicrotask` with a fake that runs nothing by itself. undici does not work
 * without them; Node's own HTTP client does.
 */
export async function areImmediatesFaked(): Promise<boolean> {
  const { queueMicrotask: microtask, setImmediate: immediate } = globalThis;
  if (immediate !== atLoad.setImmediate && !(await isCalled((fn) => immediate(fn)))) return true;
  return microtask !== atLoad.queueMicrotask && !(await isCalled((fn) => microtask(fn)));
}

/**
 * Whether `process.nextTick` was replaced; `isNextTickFaked` finds out what by. Ignores the `process` of Jest's test environment,
 * a copy that Node does not use.
 */
export function isNextTickReplaced(): boolean {
  return isProcessRealm() && process.nextTick !== atLoad.nextTick;
}

/** Whether a test has replaced `process.nextTick` with such a fake. Node cannot use the network without it. */
export async function isNextTickFaked(): Promise<boolean> {
  return isNextTickReplaced() && !(await isCalled((fn) => process.nextTick(fn)));
}

/** Tries the function out, because libraries that track asynchronous calls also replace these functions. */
async function isCalled(schedule: (fn: () => void) => unknown): Promise<boolean> {
  return await new Promise((resolve) => {
    realSetImmediate(() => realSetImmediate(() => resolve(false)));
    schedule(() => resolve(true));
  });
}
