/**
 * Handles the rejection of a promise that is not awaited. Callbacks of the application may be async functions, and an unhandled
 * rejection would end its process.
 */
export function ignoreRejection(value: unknown): void {
  if (isThenable(value)) void Promise.resolve(value).catch(() => {});
}

/** Whether the value is a promise or has a `then` method. */
export function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function';
}
