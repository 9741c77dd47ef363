import { nameOf, tagOf, textAt } from './inert.js';

/** Whether it is an error of this realm, or a DOMException of any. For a revoked proxy, `instanceof` throws. */
export function isError(value: unknown): boolean {
  try {
    return value instanceof Error || tagOf(value) === 'DOMException';
  } catch {
    return false;
  }
}

/** The text that an error has under this key, or `''`. Getters of errors, such as zod's, are run. */
export function textIn(error: unknown, key: 'name' | 'message' | 'stack' | 'code'): string {
  return textAt(error, key, isError(error));
}

/**
 * Names of errors by which callers stop work: `AbortError`; `CanceledError` (axios), `CancelledError` (TanStack Query), `CancelError`
 * (got). Then codes of errors with any name: `ABORT_ERR` (Node), `ERR_CANCELED` (axios), `UND_ERR_ABORTED` (undici). Others are of
 * failures: `ECONNABORTED` of a timeout, `SQLITE_ABORT` and Firestore's `aborted` of a conflict.
 */
const ABORT = /(abort|cancell?ed|cancelerror).* |(ABORT_ERR|ERR_(ABORTED|CANCELED))$/i;

/** Whether an error means, by its name, its class or its code, that the work was stopped on purpose. */
export function isAbort(error: unknown): boolean {
  return ABORT.test(`${textIn(error, 'name')}${nameOf(error)} ${textIn(error, 'code')}`);
}
