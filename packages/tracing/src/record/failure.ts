import { SpanStatusCode } from '@opentelemetry/api';
import { nameOf as classOf, isObject, read } from '../base/inert.js';
import type { SdkSpan } from '../base/sdk-span.js';
import { snapshot } from '../base/snapshot.js';
import { updateSpan } from './attributes.js';

/** How many errors of a chain of causes, and of an AggregateError, are shown. */
const MAX_CHAIN = 8;

/**
 * Records what a function has thrown: level ERROR, the status message, the OpenTelemetry status and the exception with its
 * causes. An abort is no failure: level WARNING with the message "aborted".
 */
export function recordFailure(span: SdkSpan, error: unknown, args: readonly unknown[] = []): void {
  if (isAbort(error, args)) {
    updateSpan(span, { level: 'WARNING', statusMessage: 'aborted' });
    return;
  }
  const message = messageOf(error);
  updateSpan(span, { level: 'ERROR', statusMessage: message });
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  span.recordException({ name: nameOf(error), message, stack: stackOf(error, MAX_CHAIN) });
}

/**
 * Whether an error means that somebody wanted the work to stop: it is named so (`AbortError`, or a class of that kind), or it is
 * the reason of an aborted signal that the function was given.
 */
function isAbort(error: unknown, args: readonly unknown[]): boolean {
  if (isObject(error) && /abort/i.test(`${nameOf(error)} ${classOf(error)}`)) return true;
  const signals = args.flatMap((arg) => [arg, read(arg, 'signal')]);
  return signals.some((signal) => read(signal, 'aborted') === true && read(signal, 'reason') === error);
}

/** What reads itself by getters, as an error of zod does. A revoked proxy throws when asked what it is. */
function isError(error: unknown): boolean {
  try {
    return error instanceof Error;
  } catch {
    return false;
  }
}

function nameOf(error: unknown): string {
  const name = read(error, 'name', isError(error));
  return typeof name === 'string' ? name : typeof error;
}

function messageOf(error: unknown): string {
  const message = read(error, 'message', isError(error));
  return (typeof message === 'string' && snapshot(message)) || (snapshot(error) ?? String(error));
}

/** The stack, followed by those of its causes and, for an AggregateError, of its errors. */
function stackOf(error: unknown, room: number): string {
  if (!isObject(error) || room <= 0) return messageOf(error);
  const stack = read(error, 'stack', isError(error));
  const own = typeof stack === 'string' ? stack : `${nameOf(error)}: ${messageOf(error)}`;
  const errors = read(error, 'errors');
  const cause = read(error, 'cause');
  const inner = Array.isArray(errors) ? errors.slice(0, room) : [];
  return [
    own,
    ...inner.map((each) => `Error of many: ${stackOf(each, room >> 1)}`),
    ...(cause === undefined ? [] : [`Caused by: ${stackOf(cause, room - 1)}`]),
  ].join('\n');
}
