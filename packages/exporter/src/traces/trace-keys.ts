import { GenAiAttributeKeys, SpanAttributeKeys } from '@powerrag/protocol';

/** Keys of the trace attributes, without metadata, whose keys are open-ended. */
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
 * Keys that can also be about one observation. They count for the trace only from a trace update or from the local root.
 */
export const SHARED_KEYS: ReadonlySet<string> = new Set([
  SpanAttributeKeys.environment,
  SpanAttributeKeys.version,
  GenAiAttributeKeys.conversationId,
]);

const METADATA = SpanAttributeKeys.traceMetadata;
/** Bounds the cache: keys usually come from code, but may come from data. */
const MAX_KNOWN_KEYS = 10_000;
/** Caches `isTraceKey`: one look-up instead of two comparisons, several times per span. */
const knownKeys = new Map<string, boolean>(TRACE_KEYS.map((key) => [key, true]));

/** Whether the key is that of a trace attribute. */
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
