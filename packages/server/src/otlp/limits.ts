/**
 * Limits of a request and of a span. A request over a limit is refused as a whole. Of a span over a limit the first items are
 * kept; only a span that is nested too deep is rejected. Real clients stay far below.
 */
export interface IngestLimits {
  /** Bytes of a request's body as sent. */
  readonly wireBytes: number;
  /** Bytes of a request's body once inflated. OTLP requires a limit, 64 MiB by default. */
  readonly inflatedBytes: number;
  /** Bytes of all request bodies in progress. Above it, requests get a 503. */
  readonly bytesInWork: number;
  /** Spans in a request. */
  readonly spans: number;
  /** Named values in a request, all spans together: attributes, entries of objects, events, and the lists around spans. */
  readonly entries: number;
  /** Elements of arrays in a request, all spans together. Embeddings have many. */
  readonly values: number;
  /** Fields in the bytes of a request in protobuf, known or not: limits the time that a body of empty fields takes. */
  readonly fields: number;
  /** Attributes of a span, an event, a resource or a scope. Long conversations in indexed message keys have thousands. */
  readonly attributes: number;
  /** Events of a span. Some instrumentations record one for each chunk of a stream. */
  readonly events: number;
  /** Levels of arrays and objects in an attribute's value. Deeper values could be stored, but break clients that serialise them as JSON. */
  readonly depth: number;
  /** UTF-16 code units of a text, such as an input with pictures in it. */
  readonly textLength: number;
  /** UTF-16 code units of a status message. */
  readonly statusLength: number;
  /** Tags that a span gives its trace. */
  readonly tags: number;
  /** Keys of an observation's metadata, of a trace's, and of model parameters. */
  readonly metadataKeys: number;
  /** Names in an observation's token counts, and in its costs. */
  readonly usageNames: number;
}

const MiB = 1024 * 1024;

export const DEFAULT_LIMITS: IngestLimits = {
  wireBytes: 16 * MiB,
  inflatedBytes: 64 * MiB,
  bytesInWork: 256 * MiB,
  spans: 20_000,
  entries: 1_000_000,
  values: 1_500_000,
  fields: 8_000_000,
  attributes: 8_000,
  events: 2_000,
  depth: 32,
  textLength: 8 * MiB,
  statusLength: 32_768,
  tags: 128,
  metadataKeys: 1_000,
  usageNames: 100,
};
