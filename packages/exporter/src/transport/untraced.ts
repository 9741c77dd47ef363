import { AsyncResource } from 'node:async_hooks';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { isProcessRealm } from '../base/realm.js';

type Run = <T>(fn: () => T) => T;

/**
 * Calls functions outside the application's context, and untraced: instrumented HTTP clients would trace our requests, and we
 * would send those traces.
 *
 * A test runner's global scope may be torn down before the last request, and OpenTelemetry's registrations in it are then gone,
 * so there the scope is kept, as it is when the current turn of the event loop has set up the rest.
 */
export function untracedScope(): Run {
  const untraced = suppressTracing(ROOT_CONTEXT);
  if (isProcessRealm()) return (fn) => context.with(untraced, fn);
  let scope: AsyncResource | undefined;
  const kept = (): AsyncResource => {
    scope ??= context.with(untraced, newScope);
    return scope;
  };
  // A promise, since queueMicrotask may be faked.
  Promise.resolve()
    .then(kept)
    .catch(() => {});
  return (fn) => kept().runInAsyncScope(fn);
}

/** The current scope. Destroyed at once in the eyes of async hooks, or Jest would list it as an open handle; it works on. */
function newScope(): AsyncResource {
  return new AsyncResource('powerrag.request', { requireManualDestroy: true }).emitDestroy();
}
