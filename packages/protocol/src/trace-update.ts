/**
 * Under this key a span object carries the order of its last trace update: a number that grows with every update in the
 * process, so that of two session ids set on two open spans the later one is known. The SDK keeps attributes, not when they
 * were set; a span is the only thing that the tracing package and a span processor share.
 */
export const TRACE_UPDATE_ORDER: unique symbol = Symbol.for('powerrag.trace-update-order');
