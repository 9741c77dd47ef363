import { type Span, trace } from '@opentelemetry/api';
import type { ObservationType } from '@powerrag/protocol';
import type { AttributesByType, TraceAttributes } from '../base/types.js';
import { warnOnce } from '../base/warn.js';
import { checkProvider } from '../otel/provider.js';
import { updateSpan } from '../record/attributes.js';
import { updateTraceOf } from '../record/trace-attributes.js';

/** Records attributes on the active observation. Its type stays the same unless `asType` is given. */
export function updateActiveObservation<T extends ObservationType = 'span'>(
  attributes: AttributesByType[T],
  options?: { asType?: T | undefined },
): void {
  const span = activeSpan('updateActiveObservation');
  if (span) updateSpan(span, attributes, options?.asType);
}

/** Records trace attributes on the trace of the active observation, like `Observation.updateTrace`. */
export function updateActiveTrace(attributes: TraceAttributes): void {
  const span = activeSpan('updateActiveTrace');
  if (span) updateTraceOf(span, attributes);
}

/** Records input and output of the whole trace of the active observation. */
export function setActiveTraceIO(attributes: Pick<TraceAttributes, 'input' | 'output'>): void {
  updateActiveTrace({ input: attributes?.input, output: attributes?.output });
}

/** Marks the trace of the active observation as public, like `Observation.setTraceAsPublic`. */
export function setActiveTraceAsPublic(): void {
  updateActiveTrace({ public: true });
}

/** The id of the active trace: 32 hex digits. `undefined` when no span is active. */
export function getActiveTraceId(): string | undefined {
  return trace.getActiveSpan()?.spanContext().traceId;
}

/** The id of the active span: 16 hex digits. `undefined` when no span is active. */
export function getActiveSpanId(): string | undefined {
  return trace.getActiveSpan()?.spanContext().spanId;
}

function activeSpan(caller: string): Span | undefined {
  const span = trace.getActiveSpan();
  if (!span && checkProvider()) {
    warnOnce(
      `${caller}() set nothing: no observation is active. Call it inside observe() or startActiveObservation(), with a ` +
        "context manager (import '@powerrag/exporter/register')",
    );
  }
  return span;
}
