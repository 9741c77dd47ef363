import protobuf from 'protobufjs/light.js';
import { type DecodedSpans, type RawSpan, SpanCollector } from './collector.js';
import type { IngestLimits } from './limits.js';
import type { OtlpEvent, OtlpSpan } from './otlp.js';
import { AttributeReader } from './protobuf-attributes.js';
import {
  eachField,
  eachFieldWithin,
  endOf,
  FIXED64,
  findField,
  hex,
  LENGTH,
  type Reader,
  readFixed64,
  readText,
  tag,
  VARINT,
} from './protobuf-fields.js';
import { Refusal } from './refusal.js';
import { allSteps } from './steps.js';

/*
 * Reads field by field with protobufjs's wire reader, not with a decoder made from the .proto files: limits must hold while
 * reading (a span can be two bytes long, so 64 MiB could ask for 32 million objects), and 64-bit integers stay exact.
 * Field numbers: opentelemetry-proto 1.x, trace/v1/trace.proto, common/v1/common.proto, resource/v1/resource.proto.
 */

const REQUEST = { resourceSpans: tag(1, LENGTH) };
const RESOURCE_SPANS = { resource: tag(1, LENGTH), scopeSpans: tag(2, LENGTH) };
const RESOURCE = { attributes: tag(1, LENGTH) };
const SCOPE_SPANS = { scope: tag(1, LENGTH), spans: tag(2, LENGTH) };
const SCOPE = { name: tag(1, LENGTH), version: tag(2, LENGTH), attributes: tag(3, LENGTH) };
const SPAN = {
  traceId: tag(1, LENGTH),
  spanId: tag(2, LENGTH),
  parentSpanId: tag(4, LENGTH),
  name: tag(5, LENGTH),
  startTimeUnixNano: tag(7, FIXED64),
  endTimeUnixNano: tag(8, FIXED64),
  attributes: tag(9, LENGTH),
  events: tag(11, LENGTH),
  status: tag(15, LENGTH),
};
const EVENT = { timeUnixNano: tag(1, FIXED64), name: tag(2, LENGTH), attributes: tag(3, LENGTH) };
const STATUS = { message: tag(2, LENGTH), code: tag(3, VARINT) };

/**
 * Decodes an `ExportTraceServiceRequest`, one span at each step. Throws a `Refusal`: 400 for an invalid body, 413 over a limit of
 * the request.
 */
export function* decodeProtobufSteps(body: Uint8Array, limits: IngestLimits): Generator<void, DecodedSpans> {
  const collector = new SpanCollector(limits);
  const reader = protobuf.Reader.create(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  try {
    while (findField(reader, collector, reader.len, REQUEST.resourceSpans)) yield* readResourceSpans(reader, collector);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(400, `The body is not an OTLP trace request in protobuf: ${String(error)}`);
  }
  return { spans: collector.spans, rejected: collector.rejected };
}

/** All steps of `decodeProtobufSteps` at once. */
export function decodeProtobuf(body: Uint8Array, limits: IngestLimits): DecodedSpans {
  return allSteps(decodeProtobufSteps(body, limits));
}

function* readResourceSpans(reader: Reader, collector: SpanCollector): Generator<void> {
  collector.countEntry();
  const end = endOf(reader);
  const start = reader.pos;
  const resource = new AttributeReader(reader, collector);
  // Fields come in any order: the resource is read first, since every span needs it.
  eachField(reader, collector, end, (field) => {
    if (field !== RESOURCE_SPANS.resource) return false;
    eachFieldWithin(reader, collector, (inner) => inner === RESOURCE.attributes && resource.read());
    return true;
  });
  reader.pos = start;
  while (findField(reader, collector, end, RESOURCE_SPANS.scopeSpans)) {
    yield* readScopeSpans(reader, collector, resource);
  }
}

function* readScopeSpans(reader: Reader, collector: SpanCollector, resource: AttributeReader): Generator<void> {
  collector.countEntry();
  const end = endOf(reader);
  const start = reader.pos;
  const attributes = new AttributeReader(reader, collector);
  let name = '';
  let version = '';
  eachField(reader, collector, end, (field) => {
    if (field !== SCOPE_SPANS.scope) return false;
    eachFieldWithin(reader, collector, (inner) => {
      if (inner === SCOPE.name) name = readText(reader, collector);
      else if (inner === SCOPE.version) version = readText(reader, collector);
      else return inner === SCOPE.attributes && attributes.read();
      return true;
    });
    return true;
  });
  const scope: OtlpSpan['scope'] = { name, version, attributes: attributes.map };
  reader.pos = start;
  while (findField(reader, collector, end, SCOPE_SPANS.spans)) {
    collector.startSpan();
    const span = readSpan(reader, collector);
    collector.add({
      ...span,
      resource: resource.map,
      scope,
      fault: resource.fault ?? attributes.fault ?? span.fault,
    });
    yield;
  }
}

function readSpan(reader: Reader, collector: SpanCollector): Omit<RawSpan, 'resource' | 'scope'> {
  const attributes = new AttributeReader(reader, collector);
  const events: OtlpEvent[] = [];
  let leftOut = 0;
  let fault: string | null = null;
  const span = { traceId: '', spanId: '', parentSpanId: '', name: '', startUnixNano: 0n, endUnixNano: 0n };
  const status = { code: 0, message: '' };
  eachFieldWithin(reader, collector, (field) => {
    switch (field) {
      case SPAN.traceId:
        span.traceId = hex(reader.bytes());
        return true;
      case SPAN.spanId:
        span.spanId = hex(reader.bytes());
        return true;
      case SPAN.parentSpanId:
        span.parentSpanId = hex(reader.bytes());
        return true;
      case SPAN.name:
        span.name = readText(reader, collector);
        return true;
      case SPAN.startTimeUnixNano:
        span.startUnixNano = readFixed64(reader);
        return true;
      case SPAN.endTimeUnixNano:
        span.endUnixNano = readFixed64(reader);
        return true;
      case SPAN.attributes:
        return attributes.read();
      case SPAN.events: {
        if (events.length >= collector.limits.events) {
          leftOut += 1;
          return false;
        }
        const event = readEvent(reader, collector);
        events.push(event.event);
        fault ??= event.fault;
        return true;
      }
      case SPAN.status:
        eachFieldWithin(reader, collector, (inner) => {
          if (inner === STATUS.message) status.message = readText(reader, collector);
          else if (inner === STATUS.code) status.code = reader.int32();
          else return false;
          return true;
        });
        return true;
      default:
        return false;
    }
  });
  if (leftOut > 0) collector.leaveOutEvents(leftOut);
  return { ...span, attributes: attributes.map, events, status, fault: attributes.fault ?? fault };
}

function readEvent(reader: Reader, collector: SpanCollector): { event: OtlpEvent; fault: string | null } {
  collector.countEntry();
  const attributes = new AttributeReader(reader, collector);
  let name = '';
  let timeUnixNano = 0n;
  eachFieldWithin(reader, collector, (field) => {
    if (field === EVENT.name) name = readText(reader, collector);
    else if (field === EVENT.timeUnixNano) timeUnixNano = readFixed64(reader);
    else return field === EVENT.attributes && attributes.read();
    return true;
  });
  return { event: { name, timeUnixNano, attributes: attributes.map }, fault: attributes.fault };
}
