import type { Json } from '@powerrag/protocol';

/**
 * Attributes by key, as decoded. A map, not an object: keys come from outside, and may be `__proto__`. Of a repeated key
 * the last value is kept. Bytes are base64 strings; an integer beyond 2^53 is its decimal string; NaN and
 * infinities are the strings that OTLP/JSON writes for them.
 */
export type Attributes = ReadonlyMap<string, Json>;

/** A valid span, decoded from OTLP protobuf or JSON: the input of `normalise`. */
export interface OtlpSpan {
  /** 32 lower-case hex digits, not all zero. */
  readonly traceId: string;
  /** 16 lower-case hex digits, not all zero. */
  readonly spanId: string;
  /** Null for a root; an all-zero parent is null too. */
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly startUnixNano: bigint;
  /** Null when it is 0. */
  readonly endUnixNano: bigint | null;
  readonly attributes: Attributes;
  readonly events: readonly OtlpEvent[];
  readonly status: { readonly code: 'unset' | 'ok' | 'error'; readonly message: string };
  readonly resource: Attributes;
  readonly scope: { readonly name: string; readonly version: string; readonly attributes: Attributes };
}

export interface OtlpEvent {
  readonly name: string;
  readonly timeUnixNano: bigint;
  readonly attributes: Attributes;
}
