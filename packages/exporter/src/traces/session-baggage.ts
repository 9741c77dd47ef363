import type { AttributeValue, Baggage } from '@opentelemetry/api';
import { BaggageKeys, MAX_ID_LENGTH, SpanAttributeKeys } from '@powerrag/protocol';

/** Baggage entries that carry one text each. */
const TEXTS: Readonly<Record<string, string>> = {
  [BaggageKeys.sessionId]: SpanAttributeKeys.sessionId,
  [BaggageKeys.userId]: SpanAttributeKeys.userId,
  [BaggageKeys.traceName]: SpanAttributeKeys.traceName,
  [BaggageKeys.environment]: SpanAttributeKeys.environment,
  [BaggageKeys.version]: SpanAttributeKeys.version,
};
const METADATA_ENTRY = `${BaggageKeys.metadata}_`;
const METADATA_KEY = `${SpanAttributeKeys.traceMetadata}.`;

/** Most UTF-16 code units of a text that travels, either way: as many as are left of an id. */
const MAX_LENGTH = MAX_ID_LENGTH;
/** Most tags, and most metadata entries, that are taken over from a caller. */
const MAX_ITEMS = 64;

/** The attributes of a trace, as one of its spans has them. */
export interface TraceAttributes {
  readonly id: string;
  get(key: string): unknown;
  metadata(): Iterable<readonly [string, unknown]>;
}

/**
 * `baggage` with the attributes of the trace as the entries that Langfuse SDKs know. Entries of others stay as they are, and
 * come first: they are the last to give way to a limit. Then comes the session id.
 */
export function withTraceAttributes(baggage: Baggage, trace: TraceAttributes): Baggage {
  let all = baggage;
  const put = (entry: string, value: unknown): void => {
    if (typeof value !== 'string') return;
    // Half a surrogate pair cannot be percent-encoded; on a span it is sent as U+FFFD as well.
    const text = Buffer.from(value, 'utf8').toString('utf8');
    // What is empty or too long to travel must not leave an older value in its place.
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

/** The trace attributes that baggage carries; what is too long or too much is left out. */
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

/** Whether a caller says, in baggage, that the root observation of this very trace is upstream. */
export function rootIsUpstream(baggage: Baggage | undefined, traceId: string): boolean {
  return baggage?.getEntry(BaggageKeys.traceId)?.value === traceId;
}
