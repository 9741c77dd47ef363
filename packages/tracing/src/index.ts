export { type ObservationLevel, type ObservationType, SpanAttributeKeys } from '@powerrag/protocol';
export {
  getActiveSpanId,
  getActiveTraceId,
  setActiveTraceAsPublic,
  setActiveTraceIO,
  updateActiveObservation,
  updateActiveTrace,
} from './active.js';
export { configureTracing } from './configure.js';
export { createObservationAttributes, createTraceAttributes } from './flat-attributes.js';
export * from './langfuse-names.js';
export { Observation } from './observation.js';
export {
  type ObservableFunction,
  type ObserveDecorator,
  type ObserveOptions,
  observe,
} from './observe/observe.js';
export { type PropagateAttributesOptions, type PropagatedPrompt, propagateAttributes } from './propagate.js';
export { getTracer, getTracerProvider, setTracerProvider } from './provider.js';
export { startObservation } from './start.js';
export { startActiveObservation } from './start-active.js';
export { createTraceId } from './trace-id.js';
export type {
  AttributesByType,
  GenerationAttributes,
  ObservationAttributes,
  OpenAiUsage,
  StartActiveObservationOptions,
  StartObservationOptions,
  TraceAttributes,
  TracingOptions,
} from './types.js';
