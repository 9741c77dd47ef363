import type { SpanStatusCode } from '@opentelemetry/api';
import { type ObservationLevel, SpanAttributeKeys } from '@powerrag/protocol';
import { nameOf as classOf, isAbort, isError, isObject, read, textAt, textIn } from '../base/inert.js';
import type { SdkSpan } from '../base/sdk-span.js';
import { snapshot } from '../base/snapshot.js';
import { recordText } from './write.js';

/** How many errors of a chain of causes, and of an AggregateError, are shown. */
const MAX_CHAIN = 8;

/** A value instead of the enum, which is an import more in each bundle. */
const STATUS_ERROR: SpanStatusCode.ERROR = 2;

/** How the `digest` of the errors begins by which Next.js steers. Its digests of failures are hashes. */
const NEXT_DIGEST = /^(?:NEXT_|BAILOUT_|DYNAMIC_SERVER_USAGE|HANGING_PROMISE)/;

/**
 * Records what a function has thrown: level ERROR, the status message, the OpenTelemetry status and the exception with its causes.
 * An abort is not a failure: level WARNING with the message "aborted". Neither is what a framework throws to steer: it leaves the
 * level as it is, and the status message says what it was.
 */
export function recordFailure(span: SdkSpan, error: unknown, args: readonly unknown[] = []): void {
  const isAborted = isAbort(error) || isReason(error, args);
  const message = isAborted ? 'aborted' : messageOf(error);
  recordText(span, SpanAttributeKeys.observationStatusMessage, message);
  if (!isAborted && isControlFlow(error)) return;
  const level: ObservationLevel = isAborted ? 'WARNING' : 'ERROR';
  recordText(span, SpanAttributeKeys.observationLevel, level);
  if (isAborted) return;
  span.setStatus({ code: STATUS_ERROR, message });
  span.recordException({ name: nameOf(error), message, stack: stackOf(error, MAX_CHAIN) });
}

/** Whether it is the reason of an aborted signal that the function was given. */
function isReason(error: unknown, args: readonly unknown[]): boolean {
  const signals = args.flatMap((arg) => [arg, read(arg, 'signal')]);
  return signals.some((signal) => read(signal, 'aborted') === true && read(signal, 'reason') === error);
}

/**
 * Whether a framework throws this to steer and catches it itself: `redirect()` and `notFound()` of Next.js, `interrupt()` of LangGraph,
 * a response or redirect below 500 thrown in Remix, React Router, SvelteKit or TanStack Router, a promise thrown for React to wait for.
 */
function isControlFlow(thrown: unknown): boolean {
  if (NEXT_DIGEST.test(textAt(thrown, 'digest'))) return true;
  if (isError(thrown)) return read(thrown, 'is_bubble_up', true) === true;
  if (typeof read(thrown, 'then') === 'function') return true;
  const status = statusOf(thrown);
  return (
    (typeof status === 'number' && status < 500) ||
    ['isRedirect', 'isNotFound'].some((flag) => read(thrown, flag) === true)
  );
}

/** The HTTP status of a thrown response or redirect; React Router's `data()` has it in `init`. */
function statusOf(thrown: unknown): unknown {
  return read(thrown, 'status') ?? read(read(thrown, 'init'), 'status');
}

function nameOf(error: unknown): string {
  return textIn(error, 'name') || typeof error;
}

function messageOf(error: unknown): string {
  const message = textIn(error, 'message');
  const status = message || isError(error) ? undefined : statusOf(error);
  if (typeof status === 'number') return `${classOf(error)} with status ${status}`;
  return snapshot(message || error) ?? String(error);
}

/** The stack, followed by those of its causes and, for an AggregateError, of its errors. */
function stackOf(error: unknown, room: number): string {
  if (!isObject(error) || room <= 0) return messageOf(error);
  const own = textIn(error, 'stack') || `${nameOf(error)}: ${messageOf(error)}`;
  const errors = read(error, 'errors');
  const cause = read(error, 'cause');
  const inner = Array.isArray(errors) ? errors.slice(0, room) : [];
  return [
    own,
    ...inner.map((each) => `Error of many: ${stackOf(each, room >> 1)}`),
    ...(cause === undefined ? [] : [`Caused by: ${stackOf(cause, room - 1)}`]),
  ].join('\n');
}
