import {
  type AttributeValue,
  type Context,
  propagation,
  type Span,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api';
import { isTracingSuppressed, W3CBaggagePropagator } from '@opentelemetry/core';
import { PROPAGATED_ATTRIBUTES, type PropagatedAttributes } from '@powerrag/protocol';
import type { Mask } from '../encode/value.js';
import type { LiveTrace } from './live-trace.js';
import type { LiveTraces } from './live-traces.js';
import { traceAttributesIn, withTraceAttributes } from './session-baggage.js';

/** The trace attributes that came with a request, in the context that was extracted from it. */
export function remoteAttributes(context: Context): ReadonlyMap<string, AttributeValue> | undefined {
  const baggage = propagation.getBaggage(context);
  return baggage && traceAttributesIn(baggage);
}

/** The trace attributes of a scope that the tracing package has put into the context. */
export function scopeAttributes(context: Context): PropagatedAttributes | undefined {
  return context.getValue(PROPAGATED_ATTRIBUTES) as PropagatedAttributes | undefined;
}

/**
 * W3C baggage that also takes along the attributes of the trace, so that the spans of the services that are called start with
 * them. It reads the trace as it is when a request is made, so a session id which was set a moment ago travels too.
 *
 * Baggage goes to everybody who is called, third parties included: that is why this propagator has to be asked for. Keys and
 * values are masked as they are on spans. It stands in for `W3CBaggagePropagator`; beside it, it must come later.
 */
export class SessionPropagator implements TextMapPropagator {
  readonly #traces: LiveTraces;
  readonly #mask: Mask | undefined;
  readonly #w3c = new W3CBaggagePropagator();

  constructor(traces: LiveTraces, mask?: Mask) {
    this.#traces = traces;
    this.#mask = mask;
  }

  /** Never throws. */
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    this.#w3c.inject(this.#withBaggage(context), carrier, setter);
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    return this.#w3c.extract(context, carrier, getter);
  }

  fields(): string[] {
    return this.#w3c.fields();
  }

  #withBaggage(context: Context): Context {
    const span = trace.getSpan(context);
    const live = span && !isTracingSuppressed(context) ? this.#traces.find(span.spanContext().traceId) : undefined;
    if (!span || !live || live.size === 0) return context;
    const baggage = propagation.getBaggage(context) ?? propagation.createBaggage();
    try {
      return propagation.setBaggage(context, withTraceAttributes(baggage, this.#valuesOf(span, live)));
    } catch {
      // A mask or a span of somebody else that throws: the request goes out with the baggage that it had.
      return context;
    }
  }

  /** What was set on the span itself counts more than what its trace has. */
  #valuesOf(span: Span, live: LiveTrace) {
    const own: unknown = Reflect.get(span, 'attributes');
    const mask = this.#mask;
    // An empty text for what the mask leaves nothing of: that it is set stays known.
    const masked = (key: string, value: unknown): unknown =>
      mask && value !== undefined ? (mask(key, value) ?? '') : value;
    return {
      id: live.id,
      get: (key: string) => masked(key, property(own, key) ?? live.get(key)),
      *metadata() {
        for (const [key, value] of live.attributes)
          yield [mask?.key ? mask.key(key) : key, masked(key, value)] as const;
      },
    };
  }
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
