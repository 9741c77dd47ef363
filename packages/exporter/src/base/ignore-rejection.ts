/**
 * Takes note of a promise that nobody waits for. What the application gives us is called without waiting, and an async function
 * of its own that rejects would otherwise end its process as an unhandled rejection.
 */
export function ignoreRejection(value: unknown): void {
  if (isThenable(value)) void Promise.resolve(value).catch(() => {});
}

/** Whether the value is a promise, or behaves like one. */
export function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function';
}
