import { SpanAttributeKeys } from '@powerrag/protocol';

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
] as const;

/**
 * Keys that also say something about one observation. They are taken for the trace's only where it is named: on a span that
 * has had a trace update, or on the local root.
 */
export const SHARED_KEYS: ReadonlySet<string> = new Set([SpanAttributeKeys.environment, SpanAttributeKeys.version]);

const traceKeys: ReadonlySet<string> = new Set(TRACE_KEYS);
const METADATA = SpanAttributeKeys.traceMetadata;

/** Whether a span attribute belongs to the whole trace, so that every span of the trace is to carry it. */
export function isTraceKey(key: string): boolean {
  return traceKeys.has(key) || isMetadataKey(key);
}

function isMetadataKey(key: string): boolean {
  return key.startsWith(METADATA) && (key.length === METADATA.length || key[METADATA.length] === '.');
}
