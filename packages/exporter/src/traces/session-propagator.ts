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
import { property } from '../base/property.js';
import type { Mask } from '../encode/value.js';
import { langfuseScope } from './langfuse-scope.js';
import type { LiveTrace } from './live-trace.js';
import type { LiveTraces } from './live-traces.js';
import { traceAttributesIn, withTraceAttributes } from './session-baggage.js';

/** Trace attributes from a calling service, in the context extracted from its request. */
export function remoteAttributes(context: Context): ReadonlyMap<string, AttributeValue> | undefined {
  const baggage = propagation.getBaggage(context);
  return baggage && traceAttributesIn(baggage);
}

/** Trace attributes of a scope, which the tracing package, or Langfuse's, has put into the context. Of both, ours win. */
export function scopeAttributes(context: Context): PropagatedAttributes | undefined {
  const ours = context.getValue(PROPAGATED_ATTRIBUTES) as PropagatedAttributes | undefined;
  const theirs = langfuseScope(context);
  if (theirs === undefined) return ours;
  return { order: ours?.order ?? {}, attributes: { ...theirs, ...ours?.attributes } } as PropagatedAttributes;
}

/**
 * A W3C baggage propagator that also sends the trace attributes, so that the spans of called services start with them. It reads
 * the trace when a request is made, so a session id that was set a moment ago is included.
 *
 * Opt-in, because baggage reaches every called service, including third parties. Keys and values are masked as on spans. It
 * replaces `W3CBaggagePropagator`; if both are used, it must come later.
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
      return propagation.setBaggage(context, withTraceAttributes(baggage, this.#attributesOf(span, live)));
    } catch {
      // A mask or a foreign span threw: the request is sent with its original baggage.
      return context;
    }
  }

  /** Attributes set on the span itself override those of its trace. */
  #attributesOf(span: Span, live: LiveTrace) {
    const own: unknown = Reflect.get(span, 'attributes');
    const mask = this.#mask;
    // An empty string if the mask returns nothing, so that the attribute still counts as set.
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
