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
export { createObservationAttributes, createTraceAttributes } from './api/flat-attributes.js';
export * from './api/langfuse-names.js';
export {
  type ObservableFunction,
  type ObserveDecorator,
  type ObserveOptions,
  observe,
} from './api/observe.js';
export { sessionUrl, traceUrl } from './api/page-addresses.js';
export { type PropagateAttributesOptions, type PropagatedPrompt, propagateAttributes } from './api/propagate.js';
export { type Score, score } from './api/score.js';
export { startObservation } from './api/start.js';
export { startActiveObservation } from './api/start-active.js';
export { withSession } from './api/with-session.js';
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
