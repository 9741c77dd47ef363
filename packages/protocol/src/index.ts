export {
  encodePart,
  PUBLIC_SESSION,
  SESSION_CHANGES,
  SESSION_PAGE,
  SESSION_REPLAY,
  type SessionAddresses,
} from './addresses.js';
export { type SpanAttributeKey, SpanAttributeKeys } from './attribute-keys.js';
export { CLIENT_REPORT_HEADER, type ClientReport } from './client-report.js';
export { DEFAULT_PORT, LOGS_PATH, OTLP_LOGS_PATH, OTLP_TRACES_PATH, TRACES_PATH } from './endpoints.js';
export { GenAiAttributeKeys } from './gen-ai-keys.js';
export { idHash, MAX_ID_LENGTH } from './long-id.js';
export { mergeChange, mergePage } from './merge-replay.js';
export type { Json, Message, MessagePart, MessageRole } from './message.js';
export {
  OBSERVATION_LEVELS,
  OBSERVATION_TYPES,
  type ObservationLevel,
  type ObservationType,
} from './observation.js';
export {
  BaggageKeys,
  EXPORT_TRACE_STATE,
  PROPAGATED_ATTRIBUTES,
  type PropagatedAttributes,
  UNSAMPLED_LISTENERS,
  type UnsampledListeners,
  type UnsampledSpan,
} from './propagation.js';
export type {
  ObservationDetails,
  ObservationEvent,
  Page,
  ReplayAnnotation,
  ReplayDocument,
  ReplayDoubt,
  ReplayGap,
  ReplayLane,
  ReplayMessage,
  ReplayObservation,
  ReplayObservations,
  ReplayTrace,
  ReplayTurn,
  SessionSummary,
  TokenUsage,
} from './replay.js';
export {
  byReplayOrder,
  byTraceStart,
  type ListChange,
  type ReplayChange,
  type ReplayChanges,
  type ReplayPosition,
  type ReplayTurnChange,
  type ReplayTurnsChange,
  readPosition,
  writePosition,
} from './replay-changes.js';
export { TRACE_UPDATE_ORDER, type TraceUpdateOrder } from './trace-update.js';
export { countsOf, kindsOf, type UsageCounts, usageByKind } from './usage.js';
