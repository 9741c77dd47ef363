import type { Attributes, Link, SpanContext } from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace-base';
import { keepStrings, prepare, type StringPolicy, writeAttribute } from './value.js';
import type { ByteWriter } from './writer.js';

/** Tags of `opentelemetry.proto.trace.v1.Span`. */
const TRACE_ID = 0x0a;
const SPAN_ID = 0x12;
const TRACE_STATE = 0x1a;
const PARENT_SPAN_ID = 0x22;
const NAME = 0x2a;
const KIND = 0x30;
const START_TIME = 0x39;
const END_TIME = 0x41;
/** A span's attributes, including those appended to an encoded span. */
export const SPAN_ATTRIBUTE = 0x4a;
const DROPPED_ATTRIBUTES = 0x50;
const EVENT = 0x5a;
const DROPPED_EVENTS = 0x60;
const LINK = 0x6a;
const DROPPED_LINKS = 0x70;
const STATUS = 0x7a;
const FLAGS = 0x85;

/** Tags of `Span.Event`. */
const EVENT_TIME = 0x09;
const EVENT_NAME = 0x12;
const EVENT_ATTRIBUTE = 0x1a;
const EVENT_DROPPED_ATTRIBUTES = 0x20;

/** Tags of `Span.Link`. */
const LINK_TRACE_ID = 0x0a;
const LINK_SPAN_ID = 0x12;
const LINK_TRACE_STATE = 0x1a;
const LINK_ATTRIBUTE = 0x22;
const LINK_DROPPED_ATTRIBUTES = 0x28;
const LINK_FLAGS = 0x35;

/** Tags of `Status`. */
const STATUS_MESSAGE = 0x12;
const STATUS_CODE = 0x18;

/** `SpanFlags`: the lowest eight bits are the W3C trace flags. Bit 8 says that bit 9 ("the context is remote") is set correctly. */
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/**
 * Writes the fields of an OTLP span without the span's tag and length, so that more fields can follow.
 * @param leaveOut attributes to leave out if the span has exactly this value.
 */
export function writeSpan(
  writer: ByteWriter,
  span: ReadableSpan,
  strings: StringPolicy = keepStrings,
  leaveOut?: ReadonlyMap<string, unknown>,
): void {
  const context = span.spanContext();
  writer.id(TRACE_ID, context.traceId);
  writer.id(SPAN_ID, context.spanId);
  if (context.traceState) writer.string(TRACE_STATE, prepare(context.traceState.serialize(), 'trace_state', strings));
  if (span.parentSpanContext) writer.id(PARENT_SPAN_ID, span.parentSpanContext.spanId);
  writer.string(NAME, prepare(span.name, 'name', strings));
  writer.tag(KIND);
  // OTLP counts from 1, because 0 is "unspecified".
  writer.varint(span.kind + 1);
  writer.tag(START_TIME);
  writer.nanoseconds(span.startTime[0], span.startTime[1]);
  writer.tag(END_TIME);
  writer.nanoseconds(span.endTime[0], span.endTime[1]);
  writeSpanAttributes(writer, span.attributes, strings, leaveOut);
  writeCount(writer, DROPPED_ATTRIBUTES, span.droppedAttributesCount);
  for (const event of span.events) writeEvent(writer, event, strings);
  writeCount(writer, DROPPED_EVENTS, span.droppedEventsCount);
  for (const link of span.links) writeLink(writer, link, strings);
  writeCount(writer, DROPPED_LINKS, span.droppedLinksCount);
  writeStatus(writer, span, strings);
  writer.tag(FLAGS);
  writer.fixed32(flags(context.traceFlags, span.parentSpanContext));
}

function writeSpanAttributes(
  writer: ByteWriter,
  attributes: Attributes,
  strings: StringPolicy,
  leaveOut: ReadonlyMap<string, unknown> | undefined,
): void {
  for (const key in attributes) {
    const value = attributes[key];
    if (value === undefined) continue;
    if (leaveOut !== undefined && leaveOut.get(key) === value) continue;
    writeAttribute(writer, SPAN_ATTRIBUTE, key, value, strings);
  }
}

function writeEvent(writer: ByteWriter, event: TimedEvent, strings: StringPolicy): void {
  const guess = 256;
  const mark = writer.open(EVENT, guess);
  writer.tag(EVENT_TIME);
  writer.nanoseconds(event.time[0], event.time[1]);
  writer.string(EVENT_NAME, prepare(event.name, 'event.name', strings));
  writeAttributes(writer, EVENT_ATTRIBUTE, event.attributes, strings);
  writeCount(writer, EVENT_DROPPED_ATTRIBUTES, event.droppedAttributesCount);
  writer.close(mark, guess);
}

function writeLink(writer: ByteWriter, link: Link, strings: StringPolicy): void {
  const guess = 64;
  const mark = writer.open(LINK, guess);
  writer.id(LINK_TRACE_ID, link.context.traceId);
  writer.id(LINK_SPAN_ID, link.context.spanId);
  if (link.context.traceState) {
    writer.string(LINK_TRACE_STATE, prepare(link.context.traceState.serialize(), 'trace_state', strings));
  }
  writeAttributes(writer, LINK_ATTRIBUTE, link.attributes, strings);
  writeCount(writer, LINK_DROPPED_ATTRIBUTES, link.droppedAttributesCount);
  writer.tag(LINK_FLAGS);
  writer.fixed32(flags(link.context.traceFlags, link.context));
  writer.close(mark, guess);
}

function writeStatus(writer: ByteWriter, span: ReadableSpan, strings: StringPolicy): void {
  const { code, message } = span.status;
  const text = message ? prepare(message, 'status.message', strings) : '';
  const guess = text.length + 6;
  const mark = writer.open(STATUS, guess);
  if (text !== '') writer.string(STATUS_MESSAGE, text);
  if (code !== 0) writeCount(writer, STATUS_CODE, code);
  writer.close(mark, guess);
}

function writeAttributes(
  writer: ByteWriter,
  tag: number,
  attributes: Attributes | undefined,
  strings: StringPolicy,
): void {
  for (const key in attributes) {
    const value = attributes[key];
    if (value !== undefined) writeAttribute(writer, tag, key, value, strings);
  }
}

function writeCount(writer: ByteWriter, tag: number, count: number | undefined): void {
  if (!count) return;
  writer.tag(tag);
  writer.varint(count);
}

function flags(traceFlags: number, context: SpanContext | undefined): number {
  return (traceFlags & 0xff) | HAS_IS_REMOTE | (context?.isRemote ? IS_REMOTE : 0);
}
