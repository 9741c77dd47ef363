/** What one request, and one span in it, may hold. A request over a limit is refused whole; a span over a limit is rejected alone. */
export interface IngestLimits {
  /** Bytes of a request's body as sent. */
  readonly wireBytes: number;
  /** Bytes of a request's body once inflated. OTLP asks for a limit here, 64 MiB by default. */
  readonly inflatedBytes: number;
  /** Bytes of all request bodies in work at once. Above it, requests are asked to come back later. */
  readonly bytesInWork: number;
  /** Spans in a request. */
  readonly spans: number;
  /** Values (attributes, array elements, events) in a request, all spans together: bounds the memory that a small body can ask for. */
  readonly values: number;
  /** Attributes of a span, an event, a resource or a scope. Indexed message keys of long conversations run into thousands. */
  readonly attributes: number;
  /** Levels of arrays and objects in an attribute's value. What is deeper could be stored, but breaks those who write it out as JSON. */
  readonly depth: number;
}

const MiB = 1024 * 1024;

export const DEFAULT_LIMITS: IngestLimits = {
  wireBytes: 16 * MiB,
  inflatedBytes: 64 * MiB,
  bytesInWork: 256 * MiB,
  spans: 50_000,
  values: 4_000_000,
  attributes: 10_000,
  depth: 32,
};
