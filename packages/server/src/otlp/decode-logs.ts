import type { Json } from '@powerrag/protocol';
import protobuf from 'protobufjs/light.js';
import { type Rejections, SpanCollector } from './collector.js';
import * as json from './decode-json.js';
import type { IngestLimits } from './limits.js';
import { type OtlpLogRecord, type RawLogRecord, toLogRecord } from './log-record.js';
import { AttributeReader } from './protobuf-attributes.js';
import {
  eachField,
  eachFieldWithin,
  FIXED64,
  hex,
  LENGTH,
  type Reader,
  readFixed64,
  readText,
  tag,
} from './protobuf-fields.js';
import { Refusal } from './refusal.js';
import { allSteps } from './steps.js';

/*
 * Logs are read as spans are, with the same limits: a record counts as a span does. Of resource and scope nothing is needed.
 * Field numbers: opentelemetry-proto 1.x, logs/v1/logs.proto.
 */

const REQUEST = { resourceLogs: tag(1, LENGTH) };
const RESOURCE_LOGS = { scopeLogs: tag(2, LENGTH) };
const SCOPE_LOGS = { logRecords: tag(2, LENGTH) };
const LOG_RECORD = {
  timeUnixNano: tag(1, FIXED64),
  body: tag(5, LENGTH),
  attributes: tag(6, LENGTH),
  traceId: tag(9, LENGTH),
  spanId: tag(10, LENGTH),
  observedTimeUnixNano: tag(11, FIXED64),
  eventName: tag(12, LENGTH),
};

export interface DecodedLogs {
  readonly records: readonly OtlpLogRecord[];
  readonly rejected: Rejections;
}

/** Decodes an `ExportLogsServiceRequest`. Throws a `Refusal`: 400 for what is not one, 413 over a limit of the request. */
export function decodeLogsProtobuf(body: Uint8Array, limits: IngestLimits): DecodedLogs {
  const collector = new SpanCollector(limits, 'log record');
  const records: OtlpLogRecord[] = [];
  const reader = protobuf.Reader.create(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  const within = (parent: number, visit: () => void) => (field: number) => {
    if (field !== parent) return false;
    visit();
    return true;
  };
  const lists = (parent: number, visit: () => void) =>
    within(parent, () => {
      collector.countEntry();
      visit();
    });
  const readScopeLogs = () =>
    eachFieldWithin(
      reader,
      collector,
      within(SCOPE_LOGS.logRecords, () => {
        collector.startSpan();
        const record = toLogRecord(readRecord(reader, collector), collector);
        if (record !== null) records.push(record);
      }),
    );
  const readResourceLogs = () => eachFieldWithin(reader, collector, lists(RESOURCE_LOGS.scopeLogs, readScopeLogs));
  try {
    eachField(reader, collector, reader.len, lists(REQUEST.resourceLogs, readResourceLogs));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(400, `The body is not an OTLP logs request in protobuf: ${String(error)}`);
  }
  return { records, rejected: collector.rejected };
}

function readRecord(reader: Reader, collector: SpanCollector): RawLogRecord {
  const attributes = new AttributeReader(reader, collector);
  const record: RawLogRecord = { ...EMPTY, attributes: attributes.map };
  eachFieldWithin(reader, collector, (field) => {
    switch (field) {
      case LOG_RECORD.timeUnixNano:
        record.timeUnixNano = readFixed64(reader);
        return true;
      case LOG_RECORD.observedTimeUnixNano:
        record.observedUnixNano = readFixed64(reader);
        return true;
      case LOG_RECORD.body:
        record.body = attributes.readValue();
        return true;
      case LOG_RECORD.attributes:
        return attributes.read();
      case LOG_RECORD.traceId:
        record.traceId = hex(reader.bytes());
        return true;
      case LOG_RECORD.spanId:
        record.spanId = hex(reader.bytes());
        return true;
      case LOG_RECORD.eventName:
        record.eventName = readText(reader, collector);
        return true;
      default:
        return false;
    }
  });
  return { ...record, fault: attributes.fault };
}

const EMPTY = {
  ...{ traceId: '', spanId: '', eventName: '', timeUnixNano: 0n, observedUnixNano: 0n, body: null, fault: null },
} as const;

/** Decodes an `ExportLogsServiceRequest` in OTLP/JSON. Throws as `decodeLogsProtobuf` does. */
export function decodeLogsJson(body: Uint8Array, limits: IngestLimits): DecodedLogs {
  const collector = new SpanCollector(limits, 'log record');
  const records: OtlpLogRecord[] = [];
  for (const resourceLogs of json.list(json.parse(body, limits), 'resourceLogs', 'The request')) {
    collector.countEntry();
    allSteps(json.apart(collector, resourceLogs, readJsonResourceLogs(resourceLogs, collector, records)));
  }
  return { records, rejected: collector.rejected };
}

function* readJsonResourceLogs(value: Json, collector: SpanCollector, records: OtlpLogRecord[]): Generator<void> {
  for (const scopeLogs of json.list(value, 'scopeLogs', 'resourceLogs')) {
    collector.countEntry();
    yield* json.apart(collector, scopeLogs, readJsonScopeLogs(scopeLogs, collector, records));
  }
}

function* readJsonScopeLogs(scopeLogs: Json, collector: SpanCollector, records: OtlpLogRecord[]): Generator<void> {
  for (const value of json.list(scopeLogs, 'logRecords', 'scopeLogs')) {
    collector.startSpan();
    try {
      const record = toLogRecord(readJsonRecord(json.record(value, 'logRecords'), collector), collector);
      if (record !== null) records.push(record);
    } catch (error) {
      // A field of the wrong kind in one record is that record's fault; its neighbours are sound.
      if (!(error instanceof Refusal) || error.status !== 400) throw error;
      collector.rejected.add(error.message);
    }
    yield;
  }
}

function readJsonRecord(record: json.JsonRecord, collector: SpanCollector): RawLogRecord {
  const attributes = new json.AttributeReader(collector);
  attributes.readAll(record, 'log record');
  const body = attributes.value(record.body);
  return {
    traceId: json.text(record, 'traceId').toLowerCase(),
    spanId: json.text(record, 'spanId').toLowerCase(),
    eventName: attributes.text(record, 'eventName'),
    timeUnixNano: json.unixNano(record, 'timeUnixNano'),
    observedUnixNano: json.unixNano(record, 'observedTimeUnixNano'),
    body,
    attributes: attributes.map,
    fault: attributes.fault,
  };
}
