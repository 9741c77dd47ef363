import type { AttributeValue, Context } from '@opentelemetry/api';
import { createContextKey } from '@opentelemetry/api';
import { BaggageKeys, SpanAttributeKeys } from '@powerrag/protocol';

const TEXTS = ['userId', 'sessionId', 'version', 'traceName', 'environment'] as const;

/** The context keys of `@langfuse/core` 4 and 5, which have the names of its baggage entries. */
const KEYS = TEXTS.map((name) => [createContextKey(BaggageKeys[name]), SpanAttributeKeys[name]] as const);
const TAGS = createContextKey(BaggageKeys.tags);
const METADATA = createContextKey(BaggageKeys.metadata);

/**
 * What `propagateAttributes` of `@langfuse/tracing`, and with it `@langfuse/openai` and the callback handler of `@langfuse/langchain`, gives
 * to the spans of a scope. Langfuse's own span processor would write it on them; undefined if the context holds nothing of Langfuse.
 */
export function langfuseScope(context: Context): Record<string, AttributeValue> | undefined {
  const tags = context.getValue(TAGS);
  const metadata = context.getValue(METADATA);
  // For each span that starts, and most contexts have nothing of Langfuse.
  if (tags === undefined && metadata === undefined && KEYS.every(([key]) => context.getValue(key) === undefined))
    return undefined;
  const attributes: Record<string, AttributeValue> = {};
  for (const [key, name] of KEYS) {
    const value = context.getValue(key);
    if (typeof value === 'string' && value !== '') attributes[name] = value;
  }
  if (Array.isArray(tags)) attributes[SpanAttributeKeys.traceTags] = tags.filter((tag) => typeof tag === 'string');
  if (typeof metadata === 'object' && metadata !== null) {
    for (const [key, value] of Object.entries(metadata)) {
      if (typeof value === 'string') attributes[`${SpanAttributeKeys.traceMetadata}.${key}`] = value;
    }
  }
  return Object.keys(attributes).length === 0 ? undefined : attributes;
}
