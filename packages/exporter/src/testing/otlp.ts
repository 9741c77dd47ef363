import protobuf from 'protobufjs';

/** The part of opentelemetry-proto that an export request is made of, written from its specification. */
const SCHEMA = `
syntax = "proto3";
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
  ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7; } }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
message KeyValue { string key = 1; AnyValue value = 2; }
message InstrumentationScope { string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; }
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; }
message Link { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4;
  uint32 dropped_attributes_count = 5; fixed32 flags = 6; }
message Status { string message = 2; int32 code = 3; }
message Span { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
  fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9; uint32 dropped_attributes_count = 10;
  repeated Event events = 11; uint32 dropped_events_count = 12; repeated Link links = 13; uint32 dropped_links_count = 14;
  Status status = 15; fixed32 flags = 16; }
message ScopeSpans { InstrumentationScope scope = 1; repeated Span spans = 2; string schema_url = 3; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
message Request { repeated ResourceSpans resource_spans = 1; }
`;

const request = protobuf.parse(SCHEMA).root.lookupType('Request');

export interface DecodedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Keys in the order in which they came, also those that came twice. */
  readonly keys: readonly string[];
  readonly resource: Readonly<Record<string, unknown>>;
  readonly scope: string;
}

/** The whole request as plain JSON: bytes in base64, 64-bit integers as strings. */
export function decodeRequest(body: Uint8Array): Record<string, unknown> {
  return request.toObject(request.decode(body), { longs: String, bytes: String });
}

/** The spans of a request with what a test mostly asks for. */
export function decodeSpans(body: Uint8Array): DecodedSpan[] {
  const spans: DecodedSpan[] = [];
  for (const resourceSpans of list(decodeRequest(body).resourceSpans)) {
    const resource = attributesOf(property(resourceSpans.resource, 'attributes'));
    for (const scopeSpans of list(resourceSpans.scopeSpans)) {
      const scope = String(property(scopeSpans.scope, 'name') ?? '');
      for (const span of list(scopeSpans.spans)) {
        spans.push({
          traceId: Buffer.from(String(span.traceId), 'base64').toString('hex'),
          spanId: Buffer.from(String(span.spanId), 'base64').toString('hex'),
          name: String(span.name ?? ''),
          attributes: attributesOf(span.attributes),
          keys: list(span.attributes).map(({ key }) => String(key ?? '')),
          resource,
          scope,
        });
      }
    }
  }
  return spans;
}

export function attributesOf(keyValues: unknown): Record<string, unknown> {
  return Object.fromEntries(list(keyValues).map(({ key, value }) => [String(key ?? ''), anyValue(value)]));
}

function anyValue(value: unknown): unknown {
  const [kind, content] = Object.entries(Object(value))[0] ?? [];
  switch (kind) {
    case 'intValue':
      return Number(content);
    case 'arrayValue':
      return list(property(content, 'values')).map(anyValue);
    case 'kvlistValue':
      return attributesOf(property(content, 'values'));
    default:
      return content;
  }
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value : [];
}
