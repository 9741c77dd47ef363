import type { AttributeValue } from '@opentelemetry/api';
import type { ReadableSpan, Span } from '@opentelemetry/sdk-trace-base';
import { type PropagatedAttributes, TRACE_UPDATE_ORDER, type TraceUpdateOrder } from '@powerrag/protocol';
import type { OpenSpan } from './live-trace.js';
import { isTraceKey, SHARED_KEYS, TRACE_KEYS } from './trace-keys.js';

/**
 * Key under which a span keeps the attributes that a processor of ours copied to it from its trace. All processors share it, so
 * that one does not read another's copy as a value set by the application.
 */
const GIVEN: unique symbol = Symbol.for('powerrag.given-attributes');

interface WithGiven {
  [GIVEN]?: Map<string, AttributeValue>;
}

interface WithUpdateOrder {
  readonly [TRACE_UPDATE_ORDER]?: TraceUpdateOrder;
}

/** Sets the attributes of a scope on a span that has just started. The tracing package has done so already for its own spans. */
export function applyScope(span: Span, { attributes, order }: PropagatedAttributes): void {
  for (const [key, value] of Object.entries(attributes)) {
    if (span.attributes[key] === undefined) span.setAttribute(key, value);
  }
  if (updateOrder(span) === undefined) Object.assign(span, { [TRACE_UPDATE_ORDER]: order });
}

/** Passes the trace attributes that the span has now on to its trace. */
export function readTraceAttributes(open: OpenSpan): void {
  const { attributes } = open.span;
  const order = updateOrder(open.span);
  for (const key in attributes) if (isTraceKey(key)) note(open, key, attributes[key], order?.[key]);
}

/** As `readTraceAttributes`, without metadata: faster, because it looks up fixed keys only. */
export function readFixedTraceAttributes(open: OpenSpan): void {
  const { attributes } = open.span;
  const order = updateOrder(open.span);
  for (const key of TRACE_KEYS) {
    const value = attributes[key];
    if (value !== undefined) note(open, key, value, order?.[key]);
  }
}

function note(open: OpenSpan, key: string, value: AttributeValue | undefined, order: number | undefined): void {
  if (value === undefined) return;
  const isKnown = givenAttributes(open.span)?.get(key) === value || open.seen?.get(key) === value;
  // A known value counts again when its trace update is later than that of another span.
  if (isKnown && (order === undefined || !open.trace.isLater(key, order))) return;
  givenAttributes(open.span)?.delete(key);
  if (!open.seen) open.seen = new Map();
  open.seen.set(key, value);
  if (order === undefined && !open.isLocalRoot && SHARED_KEYS.has(key)) return;
  open.trace.offer(key, value, order);
}

/** Copies the attributes of the trace to the span, except where the application set a value of its own. */
export function giveTraceAttributes(span: Span, open: OpenSpan): void {
  const { trace } = open;
  if (trace.size === 0) return;
  let given = givenAttributes(span);
  for (const [key, value] of trace.attributes) {
    const present = span.attributes[key];
    if (present === value || (present !== undefined && given?.get(key) !== present)) continue;
    span.setAttribute(key, value);
    // Read back, because the SDK may have copied or truncated the value.
    const stored = span.attributes[key];
    if (stored === undefined) continue;
    if (!given) given = (span as WithGiven)[GIVEN] = new Map();
    given.set(key, stored);
  }
}

/** The attributes that were copied to the span from its trace. While the span still has these values, they follow the trace. */
export function givenAttributes(span: ReadableSpan & WithGiven): Map<string, AttributeValue> | undefined {
  return span[GIVEN];
}

/** Keys of the trace attributes that the application set on this very span. */
export function ownKeys(open: OpenSpan): Set<string> | undefined {
  let own: Set<string> | undefined;
  if (!open.seen) return undefined;
  const given = givenAttributes(open.span);
  for (const key of open.seen.keys()) {
    if (given?.get(key) === open.span.attributes[key]) continue;
    if (!own) own = new Set();
    own.add(key);
  }
  return own;
}

/** The order of the span's trace updates by key, if it had any. */
function updateOrder(span: ReadableSpan & WithUpdateOrder): TraceUpdateOrder | undefined {
  return span[TRACE_UPDATE_ORDER];
}
