import type { AttributeValue, Baggage } from '@opentelemetry/api';
import { BaggageKeys, MAX_ID_LENGTH, SpanAttributeKeys } from '@powerrag/protocol';

/** Baggage entries with a single string. */
const TEXTS: Readonly<Record<string, string>> = {
  [BaggageKeys.sessionId]: SpanAttributeKeys.sessionId,
  [BaggageKeys.userId]: SpanAttributeKeys.userId,
  [BaggageKeys.traceName]: SpanAttributeKeys.traceName,
  [BaggageKeys.environment]: SpanAttributeKeys.environment,
  [BaggageKeys.version]: SpanAttributeKeys.version,
};
const METADATA_ENTRY = `${BaggageKeys.metadata}_`;
const METADATA_KEY = `${SpanAttributeKeys.traceMetadata}.`;

/** Most UTF-16 code units of a string in baggage, in both directions. The same as for an id on the server. */
const MAX_LENGTH = MAX_ID_LENGTH;
/** Most tags, and most metadata entries, to accept from a caller. */
const MAX_ITEMS = 64;

/** The trace attributes of a span. */
export interface TraceAttributes {
  readonly id: string;
  get(key: string): unknown;
  metadata(): Iterable<readonly [string, unknown]>;
}

/**
 * Adds the trace attributes to `baggage`, as the entries that Langfuse SDKs use. Foreign entries stay unchanged and come first, so
 * that they are the last to be cut by a size limit; the session id is next.
 */
export function withTraceAttributes(baggage: Baggage, trace: TraceAttributes): Baggage {
  let all = baggage;
  const put = (entry: string, value: unknown): void => {
    if (typeof value !== 'string') return;
    // Replaces half a surrogate pair by U+FFFD, as on spans, because it cannot be percent-encoded.
    const text = Buffer.from(value, 'utf8').toString('utf8');
    // An empty or too long value must not leave an older one in its place.
    all = text !== '' && text.length <= MAX_LENGTH ? all.setEntry(entry, { value: text }) : all.removeEntry(entry);
  };
  for (const [entry, key] of Object.entries(TEXTS)) put(entry, trace.get(key));
  put(BaggageKeys.traceId, trace.id);
  const tags = trace.get(SpanAttributeKeys.traceTags);
  // A tag with a comma would arrive as two.
  if (Array.isArray(tags)) put(BaggageKeys.tags, tags.filter((tag) => !String(tag).includes(',')).join(','));
  for (const [key, value] of trace.metadata()) {
    if (key.startsWith(METADATA_KEY)) put(METADATA_ENTRY + key.slice(METADATA_KEY.length), value);
  }
  return all;
}

const attributesOf = new WeakMap<Baggage, ReadonlyMap<string, AttributeValue>>();

/** The trace attributes in baggage, without those that are too long or too many. */
export function traceAttributesIn(baggage: Baggage): ReadonlyMap<string, AttributeValue> {
  const known = attributesOf.get(baggage);
  if (known) return known;
  const attributes = new Map<string, AttributeValue>();
  let metadata = 0;
  for (const [entry, { value }] of baggage.getAllEntries()) {
    if (value === '' || value.length > MAX_LENGTH) continue;
    const key = Object.hasOwn(TEXTS, entry) ? TEXTS[entry] : undefined;
    if (key !== undefined) attributes.set(key, value);
    else if (entry === BaggageKeys.tags) attributes.set(SpanAttributeKeys.traceTags, tagsIn(value));
    else if (entry.startsWith(METADATA_ENTRY) && metadata < MAX_ITEMS) {
      metadata += 1;
      attributes.set(METADATA_KEY + entry.slice(METADATA_ENTRY.length), value);
    }
  }
  attributesOf.set(baggage, attributes);
  return attributes;
}

function tagsIn(value: string): string[] {
  const tags = value.split(',', MAX_ITEMS).filter((tag) => tag !== '');
  return [...new Set(tags)];
}

/** Whether the baggage of a caller says that the root observation of this trace is upstream. */
export function rootIsUpstream(baggage: Baggage | undefined, traceId: string): boolean {
  return baggage?.getEntry(BaggageKeys.traceId)?.value === traceId;
}
