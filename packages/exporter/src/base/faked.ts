import * as timers from 'node:timers';
import { isProcessRealm } from './realm.js';

// Taken when the module is loaded, as in clock.ts.
const { setImmediate: realSetImmediate } = timers;
const atLoad = { setImmediate: globalThis.setImmediate, queueMicrotask, nextTick: process.nextTick };

/**
 * Whether a test has put a stand-in for `setImmediate` or `queueMicrotask` that calls nothing until the test says so. undici
 * cannot go on without them, other than Node's own HTTP client.
 */
export async function areImmediatesFaked(): Promise<boolean> {
  const { queueMicrotask: microtask, setImmediate: immediate } = globalThis;
  if (immediate !== atLoad.setImmediate && !(await isCalled((fn) => immediate(fn)))) return true;
  return microtask !== atLoad.queueMicrotask && !(await isCalled((fn) => microtask(fn)));
}

/**
 * Whether `process.nextTick` is another than at the start; what it does, `isNextTickFaked` finds out. The `process` of Jest's test
 * environment is a copy, which Node does not use.
 */
export function isNextTickReplaced(): boolean {
  return isProcessRealm() && process.nextTick !== atLoad.nextTick;
}

/** Whether a test has put such a stand-in for `process.nextTick`, without which nothing in Node can use the network. */
export async function isNextTickFaked(): Promise<boolean> {
  return isNextTickReplaced() && !(await isCalled((fn) => process.nextTick(fn)));
}

/** Asked of what it does, not of what it is: libraries that follow asynchronous calls wrap these functions, too. */
async function isCalled(schedule: (fn: () => void) => unknown): Promise<boolean> {
  return await new Promise((resolve) => {
    realSetImmediate(() => realSetImmediate(() => resolve(false)));
    schedule(() => resolve(true));
  });
}
