import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { SpanAttributeKeys, TRACE_UPDATE_ORDER, type TraceUpdateOrder } from '@powerrag/protocol';
import { ownValue } from '../base/inert.js';
import { toId } from '../base/recorded-id.js';
import type { AttributeSink, SdkSpan } from '../base/sdk-span.js';
import { sharedState } from '../base/shared-state.js';
import { snapshot } from '../base/snapshot.js';
import type { TraceAttributes } from '../base/types.js';
import { warnOnce } from '../base/warn.js';
import { type AttributeWriters, writeAttributes, writeMetadata } from './attributes.js';

const WRITERS: AttributeWriters = {
  name: SpanAttributeKeys.traceName,
  userId: (sink, value) => writeId(sink, 'userId', value),
  sessionId: (sink, value) => writeId(sink, 'sessionId', value),
  version: SpanAttributeKeys.version,
  release: SpanAttributeKeys.release,
  environment: SpanAttributeKeys.environment,
  input: SpanAttributeKeys.traceInput,
  output: SpanAttributeKeys.traceOutput,
  metadata: (sink, value) => writeMetadata(sink, SpanAttributeKeys.traceMetadata, value),
  tags: writeTags,
  public(sink, value) {
    if (isGiven(value)) sink.setAttribute(SpanAttributeKeys.tracePublic, Boolean(value));
  },
};

/** Updates the trace of a span through that span; never throws. */
export function updateTraceOf(span: SdkSpan, attributes: TraceAttributes): void {
  if (span.isRecording()) applyTraceUpdate(span, flatTraceAttributes(attributes, span.attributes));
  else if (span.ended) {
    warnOnce('updateTrace() was called after end() and was ignored. Call it before end()');
  }
}

/** Puts attributes of the trace on a span, and lets a span processor know which update they come from. */
export function applyTraceUpdate(
  span: SdkSpan,
  attributes: Attributes,
  order: TraceUpdateOrder = nextOrder(attributes),
): void {
  span.setAttributes(attributes);
  try {
    span[TRACE_UPDATE_ORDER] = { ...span[TRACE_UPDATE_ORDER], ...order };
  } catch {
    // A frozen span: its values are ordered by when the processor sees them.
  }
}

/** The next place in the order of trace updates, for each key that the update sets. */
export function nextOrder(attributes: Attributes): TraceUpdateOrder {
  const order = ++sharedState().traceUpdates;
  return Object.fromEntries(Object.keys(attributes).map((key) => [key, order]));
}

/** The span attributes that record what belongs to a trace. Never throws. */
export function flatTraceAttributes(attributes: TraceAttributes, present?: AttributeSink['attributes']): Attributes {
  return collect((sink) => writeAttributes(sink, WRITERS, attributes), present);
}

/** Returns what is written as flat attributes. The writer also sees the attributes that are present already. */
export function collect(write: (sink: AttributeSink) => void, present?: AttributeSink['attributes']): Attributes {
  const written: Attributes = {};
  const attributes: Record<string, AttributeValue | undefined> = { ...present };
  write({
    attributes,
    setAttribute(key, value) {
      attributes[key] = value;
      written[key] = value;
    },
  });
  return written;
}

/** Writes an id, by the rules of `toId`. */
export function writeId(sink: AttributeSink, name: 'sessionId' | 'userId', value: unknown): void {
  const id = toId(name, value);
  if (id !== undefined) sink.setAttribute(SpanAttributeKeys[name], id);
}

/** Adds to the tags that are there, in the order in which they first came, each once. */
export function writeTags(sink: AttributeSink, added: unknown): void {
  if (!isGiven(added)) return;
  const present = sink.attributes?.[SpanAttributeKeys.traceTags];
  const given = Array.isArray(added) ? Object.keys(added).map((index) => ownValue(added, index)) : [added];
  const tags = [present ?? [], given].flat().map(snapshot);
  sink.setAttribute(SpanAttributeKeys.traceTags, [...new Set(tags.filter((tag) => tag !== undefined && tag !== ''))]);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
