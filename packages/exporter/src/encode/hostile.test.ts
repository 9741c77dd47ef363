import { type Attributes, createTraceState, type HrTime, type Link, type SpanContext } from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRequest } from '../testing/otlp.js';
import { fieldsAt, readWire } from '../testing/wire.js';
import { BatchEncoder } from './batch.js';
import { SpanEncoder } from './encoder.js';

const RUNS = 100;
/** Far above need, so that only a hang fails by it. */
const TIMEOUT_MS = 60_000;

/** Texts of all lengths around which a length takes one byte more, in one to four bytes a character. */
function texts(unit: 'grapheme' | 'binary'): fc.Arbitrary<string> {
  const long = fc
    .tuple(fc.string({ unit, minLength: 1, maxLength: 3 }), fc.constantFrom(40, 42, 126, 127, 128, 5_461, 16_383))
    .map(([part, length]) => part.repeat(length).slice(0, length));
  return fc.oneof({ arbitrary: fc.string({ unit }), weight: 4 }, { arbitrary: long, weight: 1 });
}

const hex = (digits: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: digits, maxLength: digits }).map((all) => all.join(''));
const count = fc.oneof(fc.constant(0), fc.nat(300), fc.nat());
const time: fc.Arbitrary<HrTime> = fc.tuple(fc.nat(0xffff_ffff), fc.nat(999_999_999));
/** As OpenTelemetry writes them too: it takes every whole number for an int64, also those that are none. */
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noInteger: true, noNaN: true }),
  fc.constantFrom(0, -1, 127, 128, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
);

function attributesOf(text: fc.Arbitrary<string>): fc.Arbitrary<Attributes> {
  const value = fc.oneof(
    text,
    number,
    fc.boolean(),
    fc.array(text, { maxLength: 4 }),
    fc.array(number, { maxLength: 4 }),
    fc.array(fc.boolean(), { maxLength: 4 }),
  );
  return fc.dictionary(text, value, { maxKeys: 6, noNullPrototype: true });
}

const spanContext: fc.Arbitrary<SpanContext> = fc.record(
  {
    traceId: hex(32),
    spanId: hex(16),
    traceFlags: fc.nat(255),
    traceState: fc.constantFrom('a=1', 'vendor=value,other=x').map((state) => createTraceState(state)),
    isRemote: fc.boolean(),
  },
  { requiredKeys: ['traceId', 'spanId', 'traceFlags'] },
);

function spans(text: fc.Arbitrary<string>): fc.Arbitrary<ReadableSpan[]> {
  const attributes = attributesOf(text);
  const event = fc.record(
    { name: text, time, attributes, droppedAttributesCount: count },
    { requiredKeys: ['name', 'time'] },
  );
  const link: fc.Arbitrary<Link> = fc.record(
    { context: spanContext, attributes, droppedAttributesCount: count },
    { requiredKeys: ['context'] },
  );
  const span = fc.record({
    name: text,
    kind: fc.nat(4),
    context: spanContext,
    parentSpanContext: fc.option(spanContext, { nil: undefined }),
    startTime: time,
    endTime: time,
    status: fc.record({ code: fc.nat(2), message: text }, { requiredKeys: ['code'] }),
    attributes,
    events: fc.array(event, { maxLength: 4 }),
    links: fc.array(link, { maxLength: 4 }),
    duration: time,
    ended: fc.constant(true),
    droppedAttributesCount: count,
    droppedEventsCount: count,
    droppedLinksCount: count,
  });
  const origin = fc.record({
    resource: fc.tuple(attributes, text).map(([all, schemaUrl]) => resourceFromAttributes(all, { schemaUrl })),
    instrumentationScope: fc.record({ name: text, version: text, schemaUrl: text }, { requiredKeys: ['name'] }),
  });
  return fc
    .tuple(fc.array(origin, { minLength: 1, maxLength: 2 }), fc.array(span, { minLength: 1, maxLength: 6 }))
    .map(([origins, all]) =>
      all.map(({ context, ...rest }, index): ReadableSpan => {
        const { instrumentationScope, resource } = origins[index % origins.length] as (typeof origins)[number];
        return { ...rest, spanContext: () => context, instrumentationScope, resource } as ReadableSpan;
      }),
    );
}

function encode(all: readonly ReadableSpan[]): Buffer {
  const encoder = new SpanEncoder(4 * 1024 * 1024);
  const encoded = all.map((span) => {
    const { bytes } = encoder.encode(span, undefined);
    return { bytes, resource: span.resource, scope: span.instrumentationScope };
  });
  return new BatchEncoder().encode(encoded, () => new Uint8Array());
}

/** What becomes of a text in UTF-8. */
function utf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

describe('a span with any content', () => {
  it(
    'says the same as in OpenTelemetry’s own encoding: attributes, events, links, flags, state, counts, origin',
    () => {
      fc.assert(
        fc.property(spans(texts('grapheme')), (all) => {
          const theirs = ProtobufTraceSerializer.serializeRequest(all);
          if (!theirs) throw new Error('OpenTelemetry did not serialize the spans.');
          expect(decodeRequest(encode(all))).toEqual(decodeRequest(theirs));
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'is whole on the wire, byte for byte, as a second decoder reads it',
    () => {
      fc.assert(
        fc.property(spans(texts('binary')), (all) => {
          const request = readWire(encode(all));
          const read = fieldsAt(request, 1, 2, 2);
          expect(read).toHaveLength(all.length);
          const found = read.map((fields) => {
            if (!Array.isArray(fields)) throw new Error('A span is not a message.');
            return {
              id: fieldsAt(fields, 2).join(),
              name: fieldsAt(fields, 5).map(String),
              keys: fieldsAt(fields, 9, 1).map(String),
              texts: fieldsAt(fields, 9, 2, 1).map(String),
              events: fieldsAt(fields, 11, 2).map(String),
              eventKeys: fieldsAt(fields, 11, 3, 1).length,
              links: fieldsAt(fields, 13, 2).map((id) => (Buffer.isBuffer(id) ? id.toString('hex') : '')),
              counts: [fieldsAt(fields, 10), fieldsAt(fields, 12), fieldsAt(fields, 14)].map(([n]) => n ?? 0),
            };
          });
          const given = all.map((span) => ({
            id: Buffer.from(span.spanContext().spanId, 'hex').toString(),
            name: [utf8(span.name)],
            keys: Object.keys(span.attributes).map(utf8),
            texts: Object.values(span.attributes)
              .filter((value) => typeof value === 'string')
              .map(utf8),
            events: span.events.map(({ name }) => utf8(name)),
            eventKeys: span.events.flatMap(({ attributes }) => Object.keys(attributes ?? {})).length,
            links: span.links.map(({ context }) => context.spanId),
            counts: [span.droppedAttributesCount, span.droppedEventsCount, span.droppedLinksCount],
          }));
          const sorted = (list: readonly unknown[]): string[] => list.map((item) => JSON.stringify(item)).sort();
          expect(sorted(found)).toEqual(sorted(given));
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );
});
