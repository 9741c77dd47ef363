import { DEFAULT_MAX_LENGTH } from './snapshot/snapshot.js';

/**
 * Under this key the global object has the state that all copies of the tracing package in the process share. Its `options` are those
 * given to `configureTracing`; exporters read them for what they record themselves.
 */
export const TRACING_STATE: unique symbol = Symbol.for('powerrag.tracing');

const globals = globalThis as {
  readonly [TRACING_STATE]?: { readonly options: { readonly maxValueLength?: number | undefined } };
};

/**
 * The most that is recorded of one value, in UTF-16 code units: what the application gave `configureTracing`, else the default. Looked up at
 * each use, since the application may set it at any time.
 */
export function maxValueLength(): number {
  return globals[TRACING_STATE]?.options.maxValueLength ?? DEFAULT_MAX_LENGTH;
}
