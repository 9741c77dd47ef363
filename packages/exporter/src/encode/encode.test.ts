import { type Attributes, createTraceState, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributesOf, decodeRequest, decodeSpans } from '../testing/otlp.js';
import { fieldsAt, readWire } from '../testing/wire.js';
import { BatchEncoder } from './batch.js';
import { writeSpan } from './span.js';
import { writeAttribute } from './value.js';
import { ByteWriter } from './writer.js';

const resource = resourceFromAttributes({ 'service.name': 'tests', list: [1, 2] }, { schemaUrl: 'https://schema/r' });
const scope = { name: 'scope', version: '1.2.3', schemaUrl: 'https://schema/s' };

function makeSpan(changes: Partial<ReadableSpan> = {}): ReadableSpan {
  return {
    name: 'a span',
    kind: SpanKind.CLIENT,
    spanContext: () => ({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: TraceFlags.SAMPLED,
      traceState: createTraceState('vendor=value'),
    }),
    parentSpanContext: {
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'c7ad6b7169203332',
      traceFlags: 1,
      isRemote: true,
    },
    startTime: [1_764_000_000, 123_456_789],
    endTime: [1_764_000_001, 999_999_999],
    status: { code: SpanStatusCode.ERROR, message: 'it bröke' },
    attributes: { text: 'hello', int: 42, negative: -7, float: 1.5, yes: true, no: false, tags: ['a', 'b'], empty: '' },
    links: [
      {
        context: { traceId: '1af7651916cd43dd8448eb211c80319c', spanId: 'd7ad6b7169203331', traceFlags: 1 },
        attributes: { why: 'retry' },
        droppedAttributesCount: 2,
      },
    ],
    events: [
      {
        name: 'exception',
        time: [1_764_000_000, 5],
        attributes: { 'exception.message': 'x' },
        droppedAttributesCount: 3,
      },
    ],
    duration: [1, 0],
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 4,
    droppedEventsCount: 5,
    droppedLinksCount: 6,
    ...changes,
  };
}

function encode(spans: readonly ReadableSpan[]): Buffer {
  const writer = new ByteWriter();
  const encoded = spans.map((span) => {
    writeSpan(writer, span);
    return { bytes: writer.toBuffer(), resource: span.resource, scope: span.instrumentationScope };
  });
  return new BatchEncoder().encode(encoded, () => new Uint8Array());
}

/** What becomes of lone surrogates in UTF-8. */
function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

describe('the encoder', () => {
  it('writes everything that OpenTelemetry’s own serializer writes', () => {
    const spans = [
      makeSpan(),
      makeSpan({ name: 'second', attributes: {}, events: [], links: [], status: { code: 0 } }),
    ];
    const theirs = ProtobufTraceSerializer.serializeRequest(spans);
    if (!theirs) throw new Error('OpenTelemetry did not serialize the spans.');
    expect(decodeRequest(encode(spans))).toEqual(decodeRequest(theirs));
  });

  it('writes arrays, nested objects, bytes and null as their OTLP types', () => {
    const writer = new ByteWriter();
    const value = { list: [1, 'two', [3.5]], inner: { yes: true }, nothing: null, bytes: new Uint8Array([1, 2, 255]) };
    writeAttribute(writer, 0x0a, 'key', value);
    const bytes = writer.toBuffer();
    expect(readWire(bytes, 'Resource')).toHaveLength(1);
    // A Resource has its attributes in field 1, as a ResourceSpans has its Resource.
    const request = new ByteWriter();
    const outer = request.open(0x0a, 10);
    const inner = request.open(0x0a, 300);
    request.raw(bytes);
    request.close(inner, 300);
    request.close(outer, 10);
    const decoded = decodeRequest(request.toBuffer());
    const [first] = Array.isArray(decoded.resourceSpans) ? decoded.resourceSpans : [];
    expect(attributesOf(first.resource.attributes)).toEqual({
      key: { list: [1, 'two', [3.5]], inner: { yes: true }, nothing: undefined, bytes: 'AQL/' },
    });
  });

  it.each([
    [[0, 0], '0'],
    [[1_764_000_000, 123_456_789], '1764000000123456789'],
    [[4_294_967_295, 999_999_999], '4294967295999999999'],
    [[1, 1_500_000_000], '2500000000'],
    [[-1, 0], '0'],
    [[Number.NaN, 0], '0'],
  ] as const)('writes the time %j as %s nanoseconds', ([seconds, nanoseconds], expected) => {
    const decoded = decodeRequest(encode([makeSpan({ startTime: [seconds, nanoseconds] })]));
    const [, time = '0'] = /"startTimeUnixNano":"(\d+)"/.exec(JSON.stringify(decoded)) ?? [];
    expect(time).toBe(expected);
  });

  it('replaces lone surrogates, so that texts are valid UTF-8', () => {
    const [span] = decodeSpans(
      encode([makeSpan({ name: 'a\ud800b', attributes: { 'k\udc00': `${'x'.repeat(200)}\ud800` } })]),
    );
    expect(span?.name).toBe('a\ufffdb');
    expect(span?.attributes).toEqual({ 'k\ufffd': `${'x'.repeat(200)}\ufffd` });
  });

  it('cuts off a value that contains itself', () => {
    const value: unknown[] = [];
    value.push(value);
    const writer = new ByteWriter();
    writeAttribute(writer, 0x4a, 'loop', value);
    expect(writer.toBuffer().includes('[too deep]')).toBe(true);
  });

  it('writes each resource and scope once', () => {
    const other = { name: 'other' };
    const spans = [makeSpan(), makeSpan({ instrumentationScope: other }), makeSpan()];
    const decoded = decodeRequest(encode(spans));
    expect(decoded.resourceSpans).toHaveLength(1);
    expect(decodeSpans(encode(spans)).map((span) => span.scope)).toEqual(['scope', 'scope', 'other']);
  });

  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'binary', minLength: 100, maxLength: 400 }),
  );
  const value = fc.oneof(
    text,
    fc.double(),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.array(text, { maxLength: 5 }),
    fc.array(fc.double(), { maxLength: 5 }),
  );

  it('keeps every attribute of any span, according to two decoders', () => {
    fc.assert(
      fc.property(fc.dictionary(text, value, { noNullPrototype: true }), text, (attributes, name) => {
        const body = encode([
          makeSpan({ attributes: attributes as Attributes, name, status: { code: 2, message: name } }),
        ]);
        expect(fieldsAt(readWire(body), 1, 2, 2, 9)).toHaveLength(Object.keys(attributes).length);
        const [span] = decodeSpans(body);
        expect(span?.name).toBe(wellFormed(name));
        for (const [key, expected] of Object.entries(attributes)) {
          if (key !== wellFormed(key) || typeof expected !== 'string') continue;
          expect(span?.attributes[key]).toBe(wellFormed(expected));
        }
        expect(span?.keys).toHaveLength(Object.keys(attributes).length);
      }),
      { numRuns: 300 },
    );
  });

  it('writes every number exactly', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.double({ noNaN: true }), fc.maxSafeInteger()), { minLength: 1 }), (numbers) => {
        const [span] = decodeSpans(encode([makeSpan({ attributes: { numbers } })]));
        expect(span?.attributes.numbers).toEqual(numbers);
      }),
    );
  });
});
