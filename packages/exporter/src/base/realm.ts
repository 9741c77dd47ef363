import { setTimeout } from 'node:timers';

/**
 * Whether this module runs in the global scope of the process. False in a `node:vm` context, which Jest and the `vmThreads` and
 * `vmForks` pools of Vitest create for each test file and discard while the process and its timers continue.
 *
 * It works because Node's own functions are instances of the process's `Function`.
 */
export function isProcessRealm(): boolean {
  return setTimeout instanceof Function;
}
