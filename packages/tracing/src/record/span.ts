import {
  type Context,
  INVALID_SPAN_CONTEXT,
  type Span,
  type SpanContext,
  type SpanOptions,
  type TimeInput,
  trace,
} from '@opentelemetry/api';
import {
  type ObservationType,
  PROPAGATED_ATTRIBUTES,
  type PropagatedAttributes,
  SpanAttributeKeys,
  TRACE_UPDATE_ORDER,
  UNSAMPLED_LISTENERS,
  type UnsampledListeners,
} from '@powerrag/protocol';
import { read } from '../base/inert.js';
import { attributeOf, type SdkSpan } from '../base/sdk-span.js';
import { sharedState } from '../base/shared-state.js';
import { snapshot } from '../base/snapshot.js';
import { warnOnce } from '../base/warn.js';
import { checkProvider, getTracer, hintAtSetUp } from '../otel/provider.js';

const globals = globalThis as { readonly [UNSAMPLED_LISTENERS]?: UnsampledListeners };

/** As much of an `Observation` as a call needs that is recorded. */
export interface TypedSpan {
  readonly otelSpan: SdkSpan;
  readonly type: ObservationType;
  /** Ends it. Only the first call counts; never throws. */
  end(): void;
}

/**
 * Starts a span for an observation and leaves it open; never throws.
 * @param remote the parent, instead of that of the context
 */
export function openSpan(
  within: Context,
  name: string,
  type: ObservationType,
  remote?: SpanContext,
  options?: SpanOptions,
): SdkSpan {
  const parent = remote && hasIds(remote) ? trace.setSpanContext(within, remote) : within;
  const span: SdkSpan = startSpan(typeof name === 'string' ? name : (snapshot(name) ?? 'unnamed'), options, parent);
  if (span.isRecording()) begin(span, parent, type);
  else if (checkProvider()) {
    // Exporters count it here, because span processors do not see such a span.
    for (const listener of globals[UNSAMPLED_LISTENERS] ?? []) listener(span, trace.getSpan(parent));
  } else hintAtSetUp();
  return span;
}

/** A span that `openSpan` has started, with its type. An event ends at its start. */
export function typed(otelSpan: SdkSpan, type: ObservationType): TypedSpan {
  return {
    otelSpan,
    type,
    end() {
      if (otelSpan.isRecording()) endSpan(otelSpan, type === 'event' ? () => otelSpan.startTime : undefined);
    },
  };
}

/** Ends a span that is recording; never throws. */
export function endSpan(span: SdkSpan, time?: () => TimeInput | undefined): void {
  try {
    span.end(time?.());
  } catch (error) {
    warnOnce('a span processor threw at the end of an observation', error);
  }
}

/** OpenTelemetry converts ids to text, which would run code of an RPC client. */
function hasIds(remote: SpanContext): boolean {
  return [read(remote, 'traceId'), read(remote, 'spanId')].every((id) => typeof id === 'string');
}

/** A sampler or a span processor of the application may throw: then nothing is recorded, and children go to the parent. */
function startSpan(name: string, options: SpanOptions | undefined, parent: Context): Span {
  try {
    return getTracer().startSpan(name, options, parent);
  } catch (error) {
    warnOnce('an observation could not be started', error);
    return trace.wrapSpanContext(trace.getSpanContext(parent) ?? INVALID_SPAN_CONTEXT);
  }
}

/**
 * Writes the type, and what `propagateAttributes` was given, unless the span has it from its processor, which knows later updates of the
 * trace.
 */
function begin(span: SdkSpan, context: Context, type: ObservationType): void {
  const propagated = context.getValue(PROPAGATED_ATTRIBUTES) as PropagatedAttributes | undefined;
  if (propagated) {
    for (const [key, value] of Object.entries(propagated.attributes)) {
      if (attributeOf(span, key) === undefined) span.setAttribute(key, value);
    }
    span[TRACE_UPDATE_ORDER] ??= propagated.order;
  }
  if (typeof type === 'string') span.setAttribute(SpanAttributeKeys.observationType, type);
  sharedState().alsoWrite?.(span, {}, type);
}
