import { GenAiAttributeKeys, SpanAttributeKeys } from '@powerrag/protocol';

/** The span attributes that belong to a whole trace, metadata apart: its keys are open-ended. */
export const TRACE_KEYS = [
  SpanAttributeKeys.sessionId,
  SpanAttributeKeys.userId,
  SpanAttributeKeys.traceName,
  SpanAttributeKeys.traceTags,
  SpanAttributeKeys.tracePublic,
  SpanAttributeKeys.release,
  SpanAttributeKeys.environment,
  SpanAttributeKeys.version,
  GenAiAttributeKeys.conversationId,
] as const;

/**
 * Keys that also say something about one observation. They are taken for the trace's only where it is named: on a span that
 * has had a trace update, or on the local root.
 */
export const SHARED_KEYS: ReadonlySet<string> = new Set([
  SpanAttributeKeys.environment,
  SpanAttributeKeys.version,
  GenAiAttributeKeys.conversationId,
]);

const METADATA = SpanAttributeKeys.traceMetadata;
/** Keys come from code, so they are few; those that come from data must not fill the memory. */
const MAX_KNOWN_KEYS = 10_000;
/** Whether a key that was met before belongs to the trace: one look-up instead of two comparisons, several times a span. */
const knownKeys = new Map<string, boolean>(TRACE_KEYS.map((key) => [key, true]));

/** Whether a span attribute belongs to the whole trace, so that every span of the trace is to carry it. */
export function isTraceKey(key: string): boolean {
  const known = knownKeys.get(key);
  if (known !== undefined) return known;
  const isOfTrace = isMetadataKey(key);
  if (knownKeys.size < MAX_KNOWN_KEYS) knownKeys.set(key, isOfTrace);
  return isOfTrace;
}

function isMetadataKey(key: string): boolean {
  return key.startsWith(METADATA) && (key.length === METADATA.length || key[METADATA.length] === '.');
}
