import { type Context, type SpanContext, TraceFlags, trace } from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/** What the spans of OpenTelemetry's SDK 1 have under other names. */
interface Sdk1Span {
  readonly instrumentationLibrary?: InstrumentationScope;
  readonly parentSpanId?: string;
}

/**
 * Gives a span of OpenTelemetry's SDK 1 the properties that SDK 2 renamed, `instrumentationScope` and `parentSpanContext`; does
 * nothing to others. They are not enumerable, so nothing that copies or prints the span sees them.
 * @param parentContext the context in which it started, where that is known: it tells whether the parent is remote
 */
export function completeSdk1Span(span: ReadableSpan & Sdk1Span, parentContext?: Context): void {
  // Undefined in SDK 1, though its type does not say so.
  const scope: InstrumentationScope | undefined = span.instrumentationScope;
  if (scope !== undefined || span.instrumentationLibrary === undefined) return;
  Object.defineProperties(span, {
    instrumentationScope: { value: span.instrumentationLibrary },
    parentSpanContext: { value: parentOf(span, parentContext) },
  });
}

function parentOf(span: ReadableSpan & Sdk1Span, parentContext: Context | undefined): SpanContext | undefined {
  const { parentSpanId: spanId } = span;
  if (spanId === undefined) return undefined;
  const active = parentContext && trace.getSpanContext(parentContext);
  if (active?.spanId === spanId) return active;
  return { traceId: span.spanContext().traceId, spanId, traceFlags: TraceFlags.SAMPLED };
}
