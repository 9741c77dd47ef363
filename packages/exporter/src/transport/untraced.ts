import { AsyncResource } from 'node:async_hooks';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { isProcessRealm } from '../base/realm.js';

type Run = <T>(fn: () => T) => T;

/**
 * Calls functions outside the application's context with tracing suppressed. Otherwise instrumented HTTP clients would trace our
 * requests, and we would send those traces.
 *
 * The global scope of a test file may be torn down before the last request, with OpenTelemetry's registrations. There the async
 * scope is created after the current turn of the event loop, when the rest is set up, and kept.
 */
export function untracedScope(): Run {
  const untraced = suppressTracing(ROOT_CONTEXT);
  if (isProcessRealm()) return (fn) => context.with(untraced, fn);
  let scope: AsyncResource | undefined;
  const kept = (): AsyncResource => {
    scope ??= context.with(untraced, newScope);
    return scope;
  };
  // A promise, because queueMicrotask may be faked.
  Promise.resolve()
    .then(kept)
    .catch(() => {});
  return (fn) => kept().runInAsyncScope(fn);
}

/** The current async scope. `emitDestroy` keeps Jest from listing it as an open handle; the scope still works. */
function newScope(): AsyncResource {
  return new AsyncResource('powerrag.request', { requireManualDestroy: true }).emitDestroy();
}
