/** A span as the tests send it: written by hand, so that neither end is checked against itself. */
export interface SentSpan {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  readonly attributes: Readonly<Record<string, string>>;
}

/** An OTLP `ExportTraceServiceRequest` in its JSON encoding. `service` is the resource's `service.name`. */
export function toOtlpJson(spans: readonly SentSpan[], service?: string): string {
  const encoded = spans.map((span) => ({
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId !== undefined && { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: 1,
    startTimeUnixNano: String(span.startUnixNano),
    endTimeUnixNano: String(span.endUnixNano),
    attributes: Object.entries(span.attributes).map(([key, value]) => ({ key, value: { stringValue: value } })),
  }));
  const resource =
    service === undefined ? {} : { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'tests' }, spans: encoded }] }] });
}

/** An OTLP `ExportTraceServiceRequest` in its protobuf encoding; field numbers as in opentelemetry-proto's trace.proto. */
export function toOtlpProtobuf(spans: readonly SentSpan[]): Buffer {
  const scope = lengthDelimited(1, lengthDelimited(1, Buffer.from('tests')));
  const encoded = spans.map((span) =>
    lengthDelimited(
      2,
      Buffer.concat([
        lengthDelimited(1, Buffer.from(span.traceId, 'hex')),
        lengthDelimited(2, Buffer.from(span.spanId, 'hex')),
        ...(span.parentSpanId === undefined ? [] : [lengthDelimited(4, Buffer.from(span.parentSpanId, 'hex'))]),
        lengthDelimited(5, Buffer.from(span.name)),
        fixed64(7, span.startUnixNano),
        fixed64(8, span.endUnixNano),
        ...Object.entries(span.attributes).map(([key, value]) => lengthDelimited(9, keyValue(key, value))),
      ]),
    ),
  );
  const scopeSpans = lengthDelimited(2, Buffer.concat([scope, ...encoded]));
  return lengthDelimited(1, scopeSpans);
}

function keyValue(key: string, value: string): Buffer {
  const anyValue = lengthDelimited(1, Buffer.from(value));
  return Buffer.concat([lengthDelimited(1, Buffer.from(key)), lengthDelimited(2, anyValue)]);
}

function lengthDelimited(field: number, content: Buffer): Buffer {
  return Buffer.concat([Uint8Array.from([(field << 3) | 2, ...varint(content.length)]), content]);
}

function fixed64(field: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = (field << 3) | 1;
  bytes.writeBigUInt64LE(value, 1);
  return bytes;
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
