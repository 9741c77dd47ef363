/**
 * The functions of `@powerrag/tracing` for programs in which every kilobyte counts, such as pages. They record the same, but follow promises
 * only: no streams, generators and lazy queries. Both entries share their state, so that a program may load both.
 */
export { type ObservationLevel, type ObservationType, SpanAttributeKeys } from '@powerrag/protocol';
export {
  getActiveSpanId,
  getActiveTraceId,
  setActiveTraceAsPublic,
  setActiveTraceIO,
  updateActiveObservation,
  updateActiveTrace,
} from './api/active.js';
export { configureTracing } from './api/configure.js';
export type { ObservableFunction, ObserveDecorator, ObserveOptions } from './api/observe.js';
export { sessionUrl, traceUrl } from './api/page-addresses.js';
export { observe, propagateAttributes, startActiveObservation, withSession } from './api/promises-only.js';
export type { PropagateAttributesOptions, PropagatedPrompt } from './api/propagate.js';
export { type Score, score } from './api/score.js';
export { startObservation } from './api/start.js';
export { createTraceId } from './base/trace-id.js';
export type {
  AttributesByType,
  GenerationAttributes,
  ObservationAttributes,
  OpenAiUsage,
  StartActiveObservationOptions,
  StartObservationOptions,
  TraceAttributes,
  TracingOptions,
} from './base/types.js';
export { getTracer, getTracerProvider, setTracerProvider } from './otel/provider.js';
export { Observation } from './record/observation.js';
