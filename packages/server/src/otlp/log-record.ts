import type { Json } from '@powerrag/protocol';
import type { SpanCollector } from './collector.js';
import type { Attributes } from './otlp.js';

/** A log record as decoded from OTLP, protobuf or JSON. */
export interface OtlpLogRecord {
  /** 32 lower-case hex digits; null where the record names none. */
  readonly traceId: string | null;
  /** 16 lower-case hex digits; null where the record names none. */
  readonly spanId: string | null;
  /** `event_name`, else what older clients write as the attribute `event.name`; empty for a log that is not an event. */
  readonly eventName: string;
  /** When it happened, else when it was noticed; 0 where neither is said. */
  readonly timeUnixNano: bigint;
  readonly body: Json;
  readonly attributes: Attributes;
}

/** A log record as a decoder read it, before its form is checked. Ids are hex of any length. */
export interface RawLogRecord {
  traceId: string;
  spanId: string;
  eventName: string;
  timeUnixNano: bigint;
  observedUnixNano: bigint;
  body: Json;
  attributes: Attributes;
  /** What already spoke against it while it was read, or null. */
  fault: string | null;
}

/** Null, with the reason noted, for a record that cannot be read. */
export function toLogRecord(raw: RawLogRecord, collector: SpanCollector): OtlpLogRecord | null {
  const fault = raw.fault ?? faultOf('trace id', raw.traceId, 32) ?? faultOf('span id', raw.spanId, 16);
  if (fault !== null) {
    collector.rejected.add(fault);
    return null;
  }
  const named = raw.attributes.get('event.name');
  return {
    traceId: idOf(raw.traceId),
    spanId: idOf(raw.spanId),
    eventName: raw.eventName !== '' ? raw.eventName : typeof named === 'string' ? named : '',
    timeUnixNano: raw.timeUnixNano === 0n ? raw.observedUnixNano : raw.timeUnixNano,
    body: raw.body,
    attributes: raw.attributes,
  };
}

function faultOf(what: string, id: string, digits: number): string | null {
  if (id === '' || (id.length === digits && /^[0-9a-f]+$/.test(id))) return null;
  return `${what} must be ${digits / 2} bytes (${digits} hex digits) or empty, got ${id.length} characters`;
}

function idOf(id: string): string | null {
  return /^0*$/.test(id) ? null : id;
}
