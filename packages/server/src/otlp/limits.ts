/**
 * What one request, and one span in it, may hold. A request over a limit is refused whole. Of a span over a limit the first are
 * kept and the rest is left out; only one nested too deep is rejected. What real clients send is far below each.
 */
export interface IngestLimits {
  /** Bytes of a request's body as sent. */
  readonly wireBytes: number;
  /** Bytes of a request's body once inflated. OTLP asks for a limit here, 64 MiB by default. */
  readonly inflatedBytes: number;
  /** Bytes of all request bodies in work at once. Above it, requests are asked to come back later. */
  readonly bytesInWork: number;
  /** Spans in a request. */
  readonly spans: number;
  /** Named values in a request, all spans together: attributes, entries of objects, events, and the lists around spans. */
  readonly entries: number;
  /** Elements of arrays in a request, all spans together. Embeddings make them many. */
  readonly values: number;
  /** Fields in the bytes of a request in protobuf, known or not: bounds the time that a body of nothing can take. */
  readonly fields: number;
  /** Attributes of a span, an event, a resource or a scope. Indexed message keys of long conversations run into thousands. */
  readonly attributes: number;
  /** Events of a span. Some instrumentations record one for each chunk of a stream. */
  readonly events: number;
  /** Levels of arrays and objects in an attribute's value. What is deeper could be stored, but breaks those who write it out as JSON. */
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
