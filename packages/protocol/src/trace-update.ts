/**
 * Under this key a span object carries, by attribute key, the order of the trace update that set it last: a `TraceUpdateOrder`.
 * So of two session ids set on two open spans the later one is known. The SDK keeps attributes, not when they were set; a
 * span is the only thing that the tracing package and a span processor share. A span without trace updates has none.
 */
export const TRACE_UPDATE_ORDER: unique symbol = Symbol.for('powerrag.trace-update-order');

/** Numbers that grow with every trace update in the process, by the attribute key that the update set. Never changed in place. */
export type TraceUpdateOrder = Readonly<Record<string, number>>;
