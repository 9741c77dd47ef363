import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecodedSpans } from '../otlp/collector.js';
import { decodeJson } from '../otlp/decode-json.js';
import { decodeProtobuf } from '../otlp/decode-protobuf.js';
import { DEFAULT_LIMITS } from '../otlp/limits.js';
import { aRequest, aSpan, encodeJson, encodeProtobuf } from './testing.js';

const read = ({ spans, rejected }: DecodedSpans) => ({ spans, rejected: rejected.count, message: rejected.message });

describe('protobuf and JSON', () => {
  it('keep two keys distinct that are too long', () => {
    const keys = ['a', 'b'].map((end) => `${'k'.repeat(5_000)}${end}`);
    const sent = aRequest(aSpan({ attributes: keys.map((key) => ({ key, value: { intValue: '1' } })) }));
    const decoded = [
      decodeProtobuf(encodeProtobuf(sent), DEFAULT_LIMITS),
      decodeJson(encodeJson(sent), DEFAULT_LIMITS),
    ];
    for (const { spans } of decoded) {
      expect([...(spans[0]?.attributes.keys() ?? [])].map((key) => key.length)).toEqual([1_024, 1_024]);
    }
  });

  it('give the same spans', () => {
    const hex = (digits: number) =>
      fc
        .array(fc.nat({ max: 15 }), { minLength: digits, maxLength: digits })
        .map((all) => all.map((d) => d.toString(16)).join(''));
    const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
    const { value } = fc.letrec<{ value: object }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.record({ stringValue: fc.string({ unit: 'binary' }) }),
        fc.record({ boolValue: fc.boolean() }),
        fc.record({ intValue: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String) }),
        fc.record({ doubleValue: fc.double().map((number) => (Number.isFinite(number) ? number : String(number))) }),
        fc.record({ bytesValue: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')) }),
        fc.record({ arrayValue: fc.record({ values: fc.array(tie('value'), { maxLength: 3 }) }) }),
        fc.record({
          kvlistValue: fc.record({
            values: fc.array(fc.record({ key: fc.string(), value: tie('value') }), { maxLength: 3 }),
          }),
        }),
      ),
    }));
    const attributes = fc.array(fc.record({ key: fc.string(), value }), { maxLength: 3 });
    const span = fc.record({
      traceId: fc.oneof(hex(32), hex(30)),
      spanId: hex(16),
      parentSpanId: fc.oneof(fc.constant(''), hex(16)),
      name: fc.string({ unit: 'binary' }),
      startTimeUnixNano: uint64,
      endTimeUnixNano: uint64,
      attributes,
      events: fc.array(fc.record({ name: fc.string(), timeUnixNano: uint64, attributes }), { maxLength: 2 }),
      status: fc.record({ code: fc.nat({ max: 3 }), message: fc.string() }),
    });
    const request = fc.record({
      resourceSpans: fc.array(
        fc.record({
          resource: fc.record({ attributes }),
          scopeSpans: fc.array(
            fc.record({
              scope: fc.record({ name: fc.string(), version: fc.string(), attributes }),
              spans: fc.array(span, { maxLength: 3 }),
            }),
            { maxLength: 2 },
          ),
        }),
        { maxLength: 2 },
      ),
    });
    fc.assert(
      fc.property(request, (sent) => {
        expect(read(decodeProtobuf(encodeProtobuf(sent), DEFAULT_LIMITS))).toEqual(
          read(decodeJson(encodeJson(sent), DEFAULT_LIMITS)),
        );
      }),
      { numRuns: 100 },
    );
  });
});
