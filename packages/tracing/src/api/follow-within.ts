import { type Context, INVALID_SPAN_CONTEXT, trace } from '@opentelemetry/api';
import { follow } from '../settle/follow.js';
import { StreamedCall } from '../settle/streamed-call.js';

/**
 * Follows a result under no observation. Generators, streams and lazy queries run after the function has returned; following its result runs
 * them in the same context.
 */
export function followWithin<R>(result: R, inner: Context): R {
  const otelSpan = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
  return follow(result, new StreamedCall({ otelSpan, type: 'span', end() {} }, inner, {}));
}
