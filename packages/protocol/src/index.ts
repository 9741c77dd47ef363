export {
  API_SESSION,
  API_USER,
  encodePart,
  PUBLIC_SESSION,
  SESSION_CHANGES,
  SESSION_EXPORT,
  SESSION_NEIGHBOURS,
  SESSION_PAGE,
  SESSION_REPLAY,
  type SessionAddresses,
  sessionPagePath,
} from './addresses.js';
export { type SpanAttributeKey, SpanAttributeKeys } from './attribute-keys.js';
export { CLIENT_REPORT_HEADER, type ClientReport } from './client-report.js';
export { DEFAULT_PORT, LOGS_PATH, OTLP_LOGS_PATH, OTLP_TRACES_PATH, TRACES_PATH } from './endpoints.js';
export { EVALUATION_EVENT, EvaluationKeys } from './evaluation.js';
export { GenAiAttributeKeys } from './gen-ai-keys.js';
export { groupBy } from './group-by.js';
export { idHash, MAX_ID_LENGTH } from './long-id.js';
export { mergeChange, mergePage } from './merge-replay.js';
export type { Json, Message, MessagePart, MessageRole } from './message.js';
export {
  OBSERVATION_LEVELS,
  OBSERVATION_TYPES,
  type ObservationFacts,
  type ObservationLevel,
  type ObservationType,
} from './observation.js';
export type { Overview, OverviewFigures, OverviewRow } from './overview.js';
export {
  BaggageKeys,
  EXPORT_TRACE_STATE,
  PROPAGATED_ATTRIBUTES,
  type PropagatedAttributes,
  SERVER_URL,
  UNSAMPLED_LISTENERS,
  type UnsampledListeners,
  type UnsampledSpan,
} from './propagation.js';
export type {
  BoundedCount,
  FacetCounts,
  FacetValue,
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
  SessionDetails,
  SessionFacets,
  SessionNeighbours,
  SessionSummary,
  TextQuote,
  TokenUsage,
} from './replay.js';
export {
  byReplayOrder,
  byTraceStart,
  type ListChange,
  type ReplayChange,
  type ReplayChanges,
  type ReplayPlace,
  type ReplayPosition,
  type ReplayTurnChange,
  type ReplayTurnsChange,
  readPosition,
  writePosition,
} from './replay-changes.js';
export { SEARCH_KINDS, type SearchKind, type SearchMatch, type SearchResult } from './search.js';
export type { ActivityScore, SessionActivity } from './session-activity.js';
export { SESSION_EXPORT_FORMAT, SESSION_EXPORT_VERSION, type SessionExport } from './session-export.js';
export {
  FACETS,
  type Facet,
  type MetadataCondition,
  NUMBER_FILTERS,
  type NumberFilterName,
  type NumberRange,
  type ScoreCondition,
  SESSION_SORTS,
  type SessionFilter,
  type SessionSort,
  SORT_ORDERS,
  type SortOrder,
  TEXT_FILTERS,
  type TextFilterName,
  TIME_FILTERS,
  type TimeFilterName,
} from './session-filter.js';
export {
  filterFromQuery,
  filterToQuery,
  metadataText,
  readMetadata,
  readNumber,
  readScore,
  scoreText,
} from './session-filter-query.js';
export {
  getterOf,
  has,
  ignoringRejection,
  isObject,
  nameOf,
  ownValue,
  read,
  tagOf,
  textAt,
  threw,
} from './snapshot/inert.js';
export { cut, DEFAULT_MAX_LENGTH, isPlain, snapshotJsonOf, snapshotOf, wellFormed } from './snapshot/snapshot.js';
export { isAbort, isError, textIn } from './snapshot/thrown.js';
export { TRACE_UPDATE_ORDER, type TraceUpdateOrder } from './trace-update.js';
export { maxValueLength, TRACING_STATE } from './tracing-state.js';
export { countsOf, kindsOf, type UsageCounts, usageByKind } from './usage.js';
