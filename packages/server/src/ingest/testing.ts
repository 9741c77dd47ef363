import protobuf from 'protobufjs/light.js';

/*
 * The messages of OTLP as protobufjs encodes them from their schema: an encoder that shares no code with our decoder.
 * From opentelemetry-proto 1.x: collector/trace/v1, trace/v1, common/v1 and resource/v1.
 */

const field = (id: number, type: string, rule?: 'repeated') => ({ id, type, ...(rule ? { rule } : {}) });

const root = protobuf.Root.fromJSON({
  nested: {
    ExportTraceServiceRequest: { fields: { resourceSpans: field(1, 'ResourceSpans', 'repeated') } },
    ExportTraceServiceResponse: { fields: { partialSuccess: field(1, 'ExportTracePartialSuccess') } },
    ExportTracePartialSuccess: { fields: { rejectedSpans: field(1, 'int64'), errorMessage: field(2, 'string') } },
    RpcStatus: { fields: { code: field(1, 'int32'), message: field(2, 'string') } },
    ResourceSpans: {
      fields: {
        resource: field(1, 'Resource'),
        scopeSpans: field(2, 'ScopeSpans', 'repeated'),
        schemaUrl: field(3, 'string'),
      },
    },
    Resource: { fields: { attributes: field(1, 'KeyValue', 'repeated') } },
    ScopeSpans: { fields: { scope: field(1, 'Scope'), spans: field(2, 'Span', 'repeated') } },
    Scope: {
      fields: { name: field(1, 'string'), version: field(2, 'string'), attributes: field(3, 'KeyValue', 'repeated') },
    },
    Span: {
      fields: {
        traceId: field(1, 'bytes'),
        spanId: field(2, 'bytes'),
        traceState: field(3, 'string'),
        parentSpanId: field(4, 'bytes'),
        name: field(5, 'string'),
        kind: field(6, 'int32'),
        startTimeUnixNano: field(7, 'fixed64'),
        endTimeUnixNano: field(8, 'fixed64'),
        attributes: field(9, 'KeyValue', 'repeated'),
        events: field(11, 'Event', 'repeated'),
        status: field(15, 'Status'),
        flags: field(16, 'fixed32'),
      },
    },
    ExportLogsServiceRequest: { fields: { resourceLogs: field(1, 'ResourceLogs', 'repeated') } },
    ExportLogsServiceResponse: { fields: { partialSuccess: field(1, 'ExportLogsPartialSuccess') } },
    ExportLogsPartialSuccess: { fields: { rejectedLogRecords: field(1, 'int64'), errorMessage: field(2, 'string') } },
    ResourceLogs: { fields: { resource: field(1, 'Resource'), scopeLogs: field(2, 'ScopeLogs', 'repeated') } },
    ScopeLogs: { fields: { scope: field(1, 'Scope'), logRecords: field(2, 'LogRecord', 'repeated') } },
    LogRecord: {
      fields: {
        timeUnixNano: field(1, 'fixed64'),
        severityNumber: field(2, 'int32'),
        severityText: field(3, 'string'),
        body: field(5, 'AnyValue'),
        attributes: field(6, 'KeyValue', 'repeated'),
        flags: field(8, 'fixed32'),
        traceId: field(9, 'bytes'),
        spanId: field(10, 'bytes'),
        observedTimeUnixNano: field(11, 'fixed64'),
        eventName: field(12, 'string'),
      },
    },
    Event: {
      fields: {
        timeUnixNano: field(1, 'fixed64'),
        name: field(2, 'string'),
        attributes: field(3, 'KeyValue', 'repeated'),
      },
    },
    Status: { fields: { message: field(2, 'string'), code: field(3, 'int32') } },
    KeyValue: { fields: { key: field(1, 'string'), value: field(2, 'AnyValue') } },
    AnyValue: {
      oneofs: {
        value: {
          oneof: ['stringValue', 'boolValue', 'intValue', 'doubleValue', 'arrayValue', 'kvlistValue', 'bytesValue'],
        },
      },
      fields: {
        stringValue: field(1, 'string'),
        boolValue: field(2, 'bool'),
        intValue: field(3, 'int64'),
        doubleValue: field(4, 'double'),
        arrayValue: field(5, 'ArrayValue'),
        kvlistValue: field(6, 'KeyValueList'),
        bytesValue: field(7, 'bytes'),
      },
    },
    ArrayValue: { fields: { values: field(1, 'AnyValue', 'repeated') } },
    KeyValueList: { fields: { values: field(1, 'KeyValue', 'repeated') } },
  },
});

/** A request in OTLP/JSON. Loosely typed: tests also send invalid ones. */
export interface JsonRequest {
  readonly resourceSpans?: readonly object[];
  readonly resourceLogs?: readonly object[];
}

/** A span that a server must accept. */
export function aSpan(say: object = {}): object {
  return {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    name: 'work',
    startTimeUnixNano: '1730000000000000000',
    endTimeUnixNano: '1730000001000000000',
    ...say,
  };
}

export function aRequest(...spans: readonly object[]): JsonRequest {
  return { resourceSpans: [{ scopeSpans: [{ spans }] }] };
}

export function encodeJson(request: object): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(JSON.stringify(request)));
}

/** The same request in protobuf: ids become bytes, everything else stays the same. */
export function encodeProtobuf(request: JsonRequest): Uint8Array<ArrayBuffer> {
  const kind = request.resourceLogs === undefined ? 'Trace' : 'Logs';
  const type = root.lookupType(`Export${kind}ServiceRequest`);
  return new Uint8Array(type.encode(type.fromObject(idsToBytes(request))).finish());
}

export function decodeMessage(
  name: 'ExportTraceServiceResponse' | 'ExportLogsServiceResponse' | 'RpcStatus',
  bytes: Uint8Array,
): unknown {
  const type = root.lookupType(name);
  return type.toObject(type.decode(bytes), { longs: String });
}

const ID_KEYS = new Set(['traceId', 'spanId', 'parentSpanId']);

function idsToBytes(request: JsonRequest): { [key: string]: unknown } {
  return JSON.parse(JSON.stringify(request), (key, value) =>
    ID_KEYS.has(key) ? Buffer.from(value, 'hex').toString('base64') : value,
  );
}
