import {
  type AttributeValue,
  type BaggageEntry,
  type Context,
  createContextKey,
  propagation,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api';
import { W3CBaggagePropagator } from '@opentelemetry/core';
import { BaggageKeys, PROPAGATED_ATTRIBUTES, type PropagatedAttributes, SpanAttributeKeys } from '@powerrag/protocol';
import type { LiveTraces } from './live-traces.js';

/** Baggage entries that carry one text each. */
const ENTRIES = {
  [BaggageKeys.sessionId]: SpanAttributeKeys.sessionId,
  [BaggageKeys.userId]: SpanAttributeKeys.userId,
  [BaggageKeys.traceName]: SpanAttributeKeys.traceName,
  [BaggageKeys.environment]: SpanAttributeKeys.environment,
  [BaggageKeys.version]: SpanAttributeKeys.version,
} as const;
const METADATA_ENTRY = `${BaggageKeys.metadata}_`;
const METADATA_KEY = `${SpanAttributeKeys.traceMetadata}.`;

const INHERITED = createContextKey('powerrag.inherited-trace-attributes');

/** The trace attributes that came with a request, in the context that was extracted from it. */
export function inheritedAttributes(context: Context): ReadonlyMap<string, AttributeValue> | undefined {
  const inherited = context.getValue(INHERITED);
  return inherited instanceof Map ? inherited : undefined;
}

/** The trace attributes of a scope that the tracing package has put into the context. */
export function propagatedAttributes(context: Context): PropagatedAttributes | undefined {
  return context.getValue(PROPAGATED_ATTRIBUTES) as PropagatedAttributes | undefined;
}

/**
 * Takes the attributes of a trace along to the services it calls, as W3C baggage. It reads the trace as it is when a request
 * is made, so that a session id which was set a moment ago travels too.
 *
 * Baggage goes to everybody who is called, third parties included: that is why this propagator has to be asked for.
 */
export class SessionPropagator implements TextMapPropagator {
  readonly #traces: LiveTraces;
  readonly #w3c = new W3CBaggagePropagator();

  constructor(traces: LiveTraces) {
    this.#traces = traces;
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const span = trace.getSpan(context);
    const live = span && this.#traces.find(span.spanContext().traceId);
    if (!span || !live || live.size === 0) return;
    const own: unknown = Reflect.get(span, 'attributes');
    let baggage = propagation.getBaggage(context) ?? propagation.createBaggage();
    const set = (name: string, value: unknown): void => {
      if (typeof value === 'string' && value !== '') baggage = baggage.setEntry(name, { value });
    };
    for (const [name, key] of Object.entries(ENTRIES)) set(name, property(own, key) ?? live.valueOf(key));
    const tags = property(own, SpanAttributeKeys.traceTags) ?? live.valueOf(SpanAttributeKeys.traceTags);
    if (Array.isArray(tags)) set(BaggageKeys.tags, tags.join(','));
    for (const [key, value] of live.values()) {
      if (key.startsWith(METADATA_KEY)) set(METADATA_ENTRY + key.slice(METADATA_KEY.length), value);
    }
    set(BaggageKeys.traceId, live.id);
    this.#w3c.inject(propagation.setBaggage(context, baggage), carrier, setter);
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const extracted = this.#w3c.extract(context, carrier, getter);
    const entries = propagation.getBaggage(extracted)?.getAllEntries() ?? [];
    const inherited = new Map<string, AttributeValue>();
    for (const [name, entry] of entries) inherit(inherited, name, entry);
    return inherited.size > 0 ? extracted.setValue(INHERITED, inherited) : extracted;
  }

  fields(): string[] {
    return this.#w3c.fields();
  }
}

function inherit(inherited: Map<string, AttributeValue>, name: string, { value }: BaggageEntry): void {
  if (value === '') return;
  if (name === BaggageKeys.tags) inherited.set(SpanAttributeKeys.traceTags, value.split(','));
  else if (name.startsWith(METADATA_ENTRY)) inherited.set(METADATA_KEY + name.slice(METADATA_ENTRY.length), value);
  else {
    const key: unknown = Object.hasOwn(ENTRIES, name) ? Reflect.get(ENTRIES, name) : undefined;
    if (typeof key === 'string') inherited.set(key, value);
  }
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
