import { setTimeout } from 'node:timers';

/**
 * Whether this module runs in the process's own global scope. False in a context of `node:vm`, as Jest and the `vmThreads` and
 * `vmForks` pools of Vitest make one for each test file: such a scope is thrown away while the process, and timers, go on.
 *
 * Node's own functions are made by the `Function` of the process's scope.
 */
export function isProcessRealm(): boolean {
  return setTimeout instanceof Function;
}
