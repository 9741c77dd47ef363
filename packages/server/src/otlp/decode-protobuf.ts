import type { Json } from '@powerrag/protocol';
import protobuf from 'protobufjs/light.js';
import { counted } from '../base/counted.js';
import { type DecodedSpans, doubleValue, integerValue, type RawSpan, SpanCollector } from './collector.js';
import type { IngestLimits } from './limits.js';
import type { OtlpEvent, OtlpSpan } from './otlp.js';
import { Refusal } from './refusal.js';
import { keptId } from './text.js';

/*
 * Read field by field from protobufjs's wire reader, and not by a decoder made from the .proto files: limits must hold
 * while reading (a span can be two bytes long, so 64 MiB could ask for 32 million objects), and 64-bit integers are kept exact.
 * Field numbers: opentelemetry-proto 1.x, trace/v1/trace.proto, common/v1/common.proto, resource/v1/resource.proto.
 */

export type Reader = protobuf.Reader;

const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;

/** A field number with its wire type, as it stands in the bytes. A known field of another wire type is skipped like an unknown one. */
export const tag = (field: number, wireType: number): number => (field << 3) | wireType;

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
const KEY_VALUE = { key: tag(1, LENGTH), value: tag(2, LENGTH) };
const ANY_VALUE = {
  string: tag(1, LENGTH),
  bool: tag(2, VARINT),
  int: tag(3, VARINT),
  double: tag(4, FIXED64),
  array: tag(5, LENGTH),
  keyValues: tag(6, LENGTH),
  bytes: tag(7, LENGTH),
};
const LIST = { values: tag(1, LENGTH) };

/** Decodes an `ExportTraceServiceRequest`. Throws a `Refusal`: 400 for what is not one, 413 over a limit of the request. */
export function decodeProtobuf(body: Uint8Array, limits: IngestLimits): DecodedSpans {
  const collector = new SpanCollector(limits);
  const reader = protobuf.Reader.create(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  try {
    eachField(reader, collector, reader.len, (field) => {
      if (field !== REQUEST.resourceSpans) return false;
      readResourceSpans(reader, collector);
      return true;
    });
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(400, `The body is not an OTLP trace request in protobuf: ${String(error)}`);
  }
  return { spans: collector.spans, rejected: collector.rejected };
}

/** Walks the fields up to `end`. What the visitor does not take is skipped. */
export function eachField(
  reader: Reader,
  collector: SpanCollector,
  end: number,
  visit: (field: number) => boolean,
): void {
  while (reader.pos < end) {
    collector.countField();
    const field = reader.tag();
    if (!visit(field)) reader.skipType(field & 7, 0, field >>> 3);
  }
  if (reader.pos !== end) throw new Error('a message ends inside a field');
}

/** Walks the fields of a message that starts with its length. */
export function eachFieldWithin(reader: Reader, collector: SpanCollector, visit: (field: number) => boolean): void {
  eachField(reader, collector, endOf(reader), visit);
}

function endOf(reader: Reader): number {
  const length = reader.size();
  const end = reader.pos + length;
  if (end > reader.len) throw new Error('a message is longer than the body');
  return end;
}

function readResourceSpans(reader: Reader, collector: SpanCollector): void {
  collector.countEntry();
  const end = endOf(reader);
  const start = reader.pos;
  const resource = new AttributeReader(reader, collector);
  // Fields come in any order: the resource is looked for first, since every span needs it.
  eachField(reader, collector, end, (field) => {
    if (field !== RESOURCE_SPANS.resource) return false;
    eachFieldWithin(reader, collector, (inner) => inner === RESOURCE.attributes && resource.read());
    return true;
  });
  reader.pos = start;
  eachField(reader, collector, end, (field) => {
    if (field !== RESOURCE_SPANS.scopeSpans) return false;
    readScopeSpans(reader, collector, resource);
    return true;
  });
}

function readScopeSpans(reader: Reader, collector: SpanCollector, resource: AttributeReader): void {
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
  eachField(reader, collector, end, (field) => {
    if (field !== SCOPE_SPANS.spans) return false;
    collector.startSpan();
    const span = readSpan(reader, collector);
    collector.add({
      ...span,
      resource: resource.map,
      scope,
      fault: resource.fault ?? attributes.fault ?? span.fault,
    });
    return true;
  });
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

/** Gathers the attributes of one span, event, resource or scope. */
export class AttributeReader {
  readonly map = new Map<string, Json>();
  fault: string | null = null;
  readonly #reader: Reader;
  readonly #collector: SpanCollector;

  constructor(reader: Reader, collector: SpanCollector) {
    this.#reader = reader;
    this.#collector = collector;
  }

  /** Reads one `KeyValue`. Always true: it takes the field. */
  read(): boolean {
    if (this.map.size >= this.#collector.limits.attributes && this.#leavesOut()) return true;
    const [key, value] = this.#keyValue(1);
    this.map.set(keptId(key), value);
    return true;
  }

  /** Reads an `AnyValue` that stands alone. */
  readValue(): Json {
    return this.#value(1);
  }

  /** Skips a `KeyValue` that there is no room for, of which only the key is read; false, with nothing skipped, where it is to be read. */
  #leavesOut(): boolean {
    const reader = this.#reader;
    const start = reader.pos;
    let key = '';
    eachFieldWithin(reader, this.#collector, (field) => {
      if (field !== KEY_VALUE.key) return false;
      key = keptId(readText(reader, this.#collector));
      return true;
    });
    if (!this.map.has(key) && !this.#collector.admits(this.map.size, key)) return true;
    reader.pos = start;
    return false;
  }

  #keyValue(depth: number): [string, Json] {
    this.#collector.countEntry();
    let key = '';
    let value: Json = null;
    eachFieldWithin(this.#reader, this.#collector, (field) => {
      if (field === KEY_VALUE.key) key = readText(this.#reader, this.#collector);
      else if (field === KEY_VALUE.value) value = this.#value(depth);
      else return false;
      return true;
    });
    return [key, value];
  }

  #value(depth: number): Json {
    const reader = this.#reader;
    let value: Json = null;
    eachFieldWithin(reader, this.#collector, (field) => {
      switch (field) {
        case ANY_VALUE.string:
          value = readText(reader, this.#collector);
          return true;
        case ANY_VALUE.bool:
          value = reader.bool();
          return true;
        case ANY_VALUE.int:
          value = integerValue(readInt64(reader));
          return true;
        case ANY_VALUE.double:
          value = doubleValue(reader.double());
          return true;
        case ANY_VALUE.bytes:
          value = this.#collector.text(Buffer.from(reader.bytes()).toString('base64'));
          return true;
        case ANY_VALUE.array:
        case ANY_VALUE.keyValues:
          if (depth > this.#collector.limits.depth) {
            this.fault ??= `an attribute is nested deeper than ${counted(this.#collector.limits.depth, 'level')}`;
            return false;
          }
          value = field === ANY_VALUE.array ? this.#array(depth) : this.#object(depth);
          return true;
        default:
          return false;
      }
    });
    return value;
  }

  #array(depth: number): Json {
    const values: Json[] = [];
    eachFieldWithin(this.#reader, this.#collector, (field) => {
      if (field !== LIST.values) return false;
      this.#collector.countValue();
      values.push(this.#value(depth + 1));
      return true;
    });
    return values;
  }

  #object(depth: number): Json {
    const entries: [string, Json][] = [];
    eachFieldWithin(this.#reader, this.#collector, (field) => {
      if (field !== LIST.values) return false;
      entries.push(this.#keyValue(depth + 1));
      return true;
    });
    // `fromEntries` defines own properties, so that a key `__proto__` is only a key.
    return Object.fromEntries(entries);
  }
}

export function readText(reader: Reader, collector: SpanCollector): string {
  return collector.text(reader.string());
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

export function readFixed64(reader: Reader): bigint {
  const low = reader.fixed32();
  const high = reader.fixed32();
  return (BigInt(high) << 32n) | BigInt(low);
}

function readInt64(reader: Reader): bigint {
  const value = reader.int64();
  return (BigInt(value.high) << 32n) | BigInt(value.low >>> 0);
}
