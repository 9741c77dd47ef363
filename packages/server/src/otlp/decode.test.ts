import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aRequest, aSpan, encodeJson, encodeProtobuf, type JsonRequest } from '../ingest/testing.js';
import type { DecodedSpans } from './collector.js';
import { decodeJson } from './decode-json.js';
import { decodeProtobuf } from './decode-protobuf.js';
import { DEFAULT_LIMITS, type IngestLimits } from './limits.js';
import { Refusal } from './refusal.js';

const encodings = {
  protobuf: (request: JsonRequest, limits = DEFAULT_LIMITS) => decodeProtobuf(encodeProtobuf(request), limits),
  JSON: (request: JsonRequest, limits = DEFAULT_LIMITS) => decodeJson(encodeJson(request), limits),
};

const attribute = (key: string, value: object) => ({ key, value });
const read = ({ spans, rejected }: DecodedSpans) => ({ spans, rejected: rejected.count, message: rejected.message });

function refusalOf(decode: () => unknown): Pick<Refusal, 'status' | 'message'> {
  try {
    decode();
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, message: error.message };
    throw error;
  }
  throw new Error('it was not refused');
}

function nested(levels: number): object {
  let value: object = { stringValue: 'x' };
  for (let level = 0; level < levels; level++) value = { arrayValue: { values: [value] } };
  return value;
}

describe.each(Object.entries(encodings))('a request in %s', (_name, decode) => {
  const attributesOf = (...attributes: object[]) => decode(aRequest(aSpan({ attributes }))).spans[0]?.attributes;

  it('is read with every field', () => {
    const request: JsonRequest = {
      resourceSpans: [
        {
          resource: { attributes: [attribute('service.name', { stringValue: 'chat' })] },
          scopeSpans: [
            {
              scope: { name: 'lib', version: '1.2', attributes: [attribute('a', { intValue: '1' })] },
              spans: [
                aSpan({
                  parentSpanId: '00f067aa0ba902b7',
                  attributes: [attribute('key', { stringValue: 'välue \u{1f600}' })],
                  events: [
                    {
                      name: 'e',
                      timeUnixNano: '1730000000500000001',
                      attributes: [attribute('b', { boolValue: true })],
                    },
                  ],
                  status: { code: 2, message: 'broken' },
                }),
              ],
            },
          ],
        },
      ],
    };
    expect(read(decode(request))).toEqual({
      spans: [
        {
          traceId: '0af7651916cd43dd8448eb211c80319c',
          spanId: 'b7ad6b7169203331',
          parentSpanId: '00f067aa0ba902b7',
          name: 'work',
          startUnixNano: 1730000000000000000n,
          endUnixNano: 1730000001000000000n,
          attributes: new Map([['key', 'välue \u{1f600}']]),
          events: [{ name: 'e', timeUnixNano: 1730000000500000001n, attributes: new Map([['b', true]]) }],
          status: { code: 'error', message: 'broken' },
          resource: new Map([['service.name', 'chat']]),
          scope: { name: 'lib', version: '1.2', attributes: new Map([['a', 1]]) },
        },
      ],
      rejected: 0,
      message: '',
    });
  });

  it.each<[string, object, unknown]>([
    ['text', { stringValue: '' }, ''],
    ['a boolean', { boolValue: false }, false],
    ['a small integer', { intValue: '-42' }, -42],
    ['an integer beyond 2^53', { intValue: '9007199254740993' }, '9007199254740993'],
    ['the least integer', { intValue: '-9223372036854775808' }, '-9223372036854775808'],
    ['a double', { doubleValue: -0.25 }, -0.25],
    ['infinity', { doubleValue: '-Infinity' }, '-Infinity'],
    ['not a number', { doubleValue: 'NaN' }, 'NaN'],
    ['bytes', { bytesValue: '3q2+7w==' }, '3q2+7w=='],
    ['an empty array', { arrayValue: {} }, []],
    ['an array', { arrayValue: { values: [{ intValue: '1' }, {}, { stringValue: 'b' }] } }, [1, null, 'b']],
    ['an object', { kvlistValue: { values: [attribute('k', nested(1))] } }, { k: ['x'] }],
    ['no value', {}, null],
  ])('keeps %s', (_what, value, expected) => {
    expect(attributesOf(attribute('k', value))).toEqual(new Map([['k', expected]]));
  });

  it('keeps the last of two attributes with one key', () => {
    const attributes = attributesOf(attribute('k', { stringValue: 'first' }), attribute('k', { stringValue: 'last' }));
    expect(attributes).toEqual(new Map([['k', 'last']]));
  });

  it('treats __proto__ as a key like any other', () => {
    const object = {
      kvlistValue: {
        values: [attribute('__proto__', { kvlistValue: { values: [attribute('polluted', { boolValue: true })] } })],
      },
    };
    const attributes = attributesOf(attribute('__proto__', object));
    expect(JSON.stringify([...(attributes ?? [])])).toBe('[["__proto__",{"__proto__":{"polluted":true}}]]');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('may hold nothing, or spans without a resource, a resource without spans, a span without an end or status', () => {
    expect(decode({}).spans).toEqual([]);
    expect(decode({ resourceSpans: [{}, { resource: {} }, { scopeSpans: [{}] }] }).spans).toEqual([]);
    const [span] = decode(aRequest(aSpan({ endTimeUnixNano: '0' }))).spans;
    expect(span).toMatchObject({ endUnixNano: null, status: { code: 'unset', message: '' }, parentSpanId: null });
  });

  it('reads a parent of zeros as no parent, and uses the end for a missing start', () => {
    const say = { parentSpanId: '0000000000000000', startTimeUnixNano: '0' };
    expect(decode(aRequest(aSpan(say))).spans[0]).toMatchObject({
      parentSpanId: null,
      startUnixNano: 1730000001000000000n,
    });
  });

  it('is read with times at the ends of their range', () => {
    const say = { startTimeUnixNano: '1', endTimeUnixNano: '18446744073709551615' };
    expect(decode(aRequest(aSpan(say))).spans[0]).toMatchObject({ startUnixNano: 1n, endUnixNano: 2n ** 64n - 1n });
  });

  it.each([
    ['a short trace id', { traceId: '0af765' }, 'trace id must be 16 bytes (32 hex digits), got 6 characters'],
    ['no trace id', { traceId: '' }, 'trace id must be 16 bytes (32 hex digits), got none'],
    ['a trace id of zeros', { traceId: '0'.repeat(32) }, 'trace id is all zero'],
    ['a long span id', { spanId: 'ab'.repeat(9) }, 'span id must be 8 bytes (16 hex digits), got 18 characters'],
    ['a span id of zeros', { spanId: '0'.repeat(16) }, 'span id is all zero'],
    [
      'a short parent id',
      { parentSpanId: 'abcd' },
      'parent span id must be 8 bytes (16 hex digits) or empty, got 4 characters',
    ],
    [
      'a value nested too deep',
      { attributes: [attribute('k', nested(33))] },
      'an attribute is nested deeper than 32 levels',
    ],
    [
      'an event with a value nested too deep',
      { events: [{ attributes: [attribute('k', nested(33))] }] },
      'an attribute is nested deeper than 32 levels',
    ],
  ])('loses only the span that has %s', (_what, say, reason) => {
    const { spans, rejected, message } = read(decode(aRequest(aSpan(), aSpan(say), aSpan())));
    expect(spans).toHaveLength(2);
    expect({ rejected, message }).toEqual({ rejected: 1, message: `1 span was rejected: ${reason}` });
  });

  it('keeps a value that is nested as deep as allowed', () => {
    expect(attributesOf(attribute('k', nested(32)))?.size).toBe(1);
  });

  it('keeps the first of too many attributes, and trace attributes at any position', () => {
    const limits: IngestLimits = { ...DEFAULT_LIMITS, attributes: 2 };
    const many = ['a', 'b', 'c', 'session.id', 'd'].map((key) => attribute(key, { stringValue: key }));
    const { spans, rejected, message } = read(decode(aRequest(aSpan({ attributes: many })), limits));
    expect([...(spans[0]?.attributes.keys() ?? [])]).toEqual(['a', 'b', 'session.id']);
    expect({ rejected, message }).toEqual({
      rejected: 0,
      message: 'Cut or left out of spans that were stored: 2 attributes (the first 2 of a span are kept; set fewer)',
    });
  });

  it('keeps the first of too many events, says how many were left out, and does not read those', () => {
    const limits: IngestLimits = { ...DEFAULT_LIMITS, events: 3, entries: 20 };
    const events = Array.from({ length: 1_000 }, (_, i) => ({ name: `e${i}` }));
    const { spans, message } = read(decode(aRequest(aSpan({ events }), aSpan()), limits));
    expect(spans.map((span) => span.events.map(({ name }) => name))).toEqual([['e0', 'e1', 'e2'], []]);
    expect(message).toMatch(/: 997 events \(the first 3 of a span are kept; record fewer\)$/);
  });

  it('cuts and marks any text that is too long', () => {
    const limits: IngestLimits = { ...DEFAULT_LIMITS, textLength: 40 };
    const long = { stringValue: 'x'.repeat(100) };
    const { spans, message } = read(
      decode(
        aRequest(aSpan({ name: 'n'.repeat(41), attributes: [attribute('k', { arrayValue: { values: [long] } })] })),
        limits,
      ),
    );
    expect(spans[0]?.attributes.get('k')).toEqual([`${'x'.repeat(13)}… [cut from 100 characters]`]);
    expect(spans[0]?.name).toMatch(/^n+… \[cut from 41 characters\]$/);
    expect(message).toMatch(/2 texts \(the first 40 characters are kept; send shorter ones\)/);
  });

  it('reports each of the first reasons once', () => {
    const bad = Array.from({ length: 100 }, (_, i) => aSpan({ traceId: 'ab'.repeat(i % 10) }));
    const { rejected, message } = read(decode(aRequest(...bad)));
    expect(rejected).toBe(100);
    expect(message.split('; ')).toHaveLength(5);
  });

  it('is refused with too many spans or values', () => {
    const spans = refusalOf(() => decode(aRequest(aSpan(), aSpan(), aSpan()), { ...DEFAULT_LIMITS, spans: 2 }));
    expect(spans).toEqual({ status: 413, message: 'More than 2 spans in one request; send smaller batches.' });
    const values = { arrayValue: { values: Array.from({ length: 100 }, () => ({})) } };
    const request = aRequest(aSpan({ attributes: [attribute('k', values)] }));
    expect(refusalOf(() => decode(request, { ...DEFAULT_LIMITS, values: 20 })).status).toBe(413);
    const many = Array.from({ length: 100 }, (_, i) => attribute(`k${i}`, { intValue: '1' }));
    const spread = aRequest(...many.map((one) => aSpan({ attributes: [one] })));
    expect(refusalOf(() => decode(spread, { ...DEFAULT_LIMITS, entries: 20 }))).toEqual({
      status: 413,
      message: 'More than 20 attributes and events in one request; send smaller batches.',
    });
    const empty = { resourceSpans: Array.from({ length: 100 }, () => ({ scopeSpans: [{}] })) };
    expect(refusalOf(() => decode(empty, { ...DEFAULT_LIMITS, entries: 20 })).status).toBe(413);
  });
});

describe('a request in JSON', () => {
  const decode = (text: string) => decodeJson(Buffer.from(text), DEFAULT_LIMITS);
  const span = (say: object) => read(decode(JSON.stringify(aRequest(aSpan(say)))));

  it('accepts ids in any case, integers as numbers, and the names of enums', () => {
    const say = {
      traceId: '0AF7651916CD43DD8448EB211C80319C',
      startTimeUnixNano: 1730000000000000000,
      status: { code: 'STATUS_CODE_ERROR' },
    };
    expect(span(say).spans).toMatchObject([
      { traceId: '0af7651916cd43dd8448eb211c80319c', startUnixNano: 1730000000000000000n, status: { code: 'error' } },
    ]);
  });

  it('ignores unknown fields, and reads null as a missing field', () => {
    expect(span({ newField: { a: [1] }, attributes: null, status: null, parentSpanId: null }).spans).toHaveLength(1);
  });

  it('rejects only the span that has a field of the wrong kind', () => {
    const { spans, message } = read(
      decode(JSON.stringify(aRequest(aSpan({ name: 5 }), aSpan({ startTimeUnixNano: 'soon' }), aSpan()))),
    );
    expect(spans).toHaveLength(1);
    expect(message).toBe(
      '2 spans were rejected: name must be a string, got a number; startTimeUnixNano must be an integer, as a number or a decimal string',
    );
  });

  it('rejects only what is not a span at all', () => {
    const { spans, rejected, message } = read(
      decode(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [null, 5, [], aSpan()] }] }] })),
    );
    expect(spans).toHaveLength(1);
    expect(rejected).toBe(3);
    expect(message).toBe(
      '3 spans were rejected: spans must be a JSON object, got null; spans must be a JSON object, got a number; spans must be a JSON object, got an array',
    );
  });

  it.each([1e300, '99999999999999999999', '18446744073709551616'])(
    'loses only the span that has %s for a time, and takes no part of it for one',
    (startTimeUnixNano) => {
      const { spans, message } = span({ startTimeUnixNano });
      expect(spans).toEqual([]);
      expect(message).toMatch(/startTimeUnixNano must be nanoseconds since 1970, at most 18446744073709551615/);
    },
  );

  it('uses the singular for one', () => {
    const { message } = span({ traceId: '7' });
    expect(message).toBe('1 span was rejected: trace id must be 16 bytes (32 hex digits), got 1 character');
    const two = Buffer.from(JSON.stringify(aRequest(aSpan(), aSpan())));
    const refusal = refusalOf(() => decodeJson(two, { ...DEFAULT_LIMITS, spans: 1 }));
    expect(refusal.message).toBe('More than 1 span in one request; send smaller batches.');
  });

  it('replaces lone surrogates and NUL, which the store cannot hold', () => {
    expect(span({ name: 'a\ud800b\u0000c\u{1f600}' }).spans[0]?.name).toBe('a\ufffdb\ufffdc\u{1f600}');
  });

  it('may start with a byte order mark, and may be empty', () => {
    expect(decode(`\ufeff${JSON.stringify(aRequest(aSpan()))}`).spans).toHaveLength(1);
    expect(decode('').spans).toEqual([]);
    expect(decode(' \n').spans).toEqual([]);
  });

  it.each([
    ['{"resourceSpans": [', /The body is not JSON/],
    ['[]', /The request must be a JSON object, got an array/],
    ['"text"', /The request must be a JSON object, got a string/],
    ['{"resourceSpans": {}}', /resourceSpans must be a JSON array, got an object/],
  ])('is refused as %s', (text, message) => {
    expect(refusalOf(() => decode(text))).toEqual({ status: 400, message: expect.stringMatching(message) });
  });

  it('is refused before parsing when it is only brackets', () => {
    const deep = '['.repeat(2_000_000);
    expect(refusalOf(() => decode(deep))).toEqual({ status: 400, message: expect.stringMatching(/nests deeper/) });
    const wide = `{"a":[${'{},'.repeat(9_000_000)}{}]}`;
    expect(refusalOf(() => decode(wide)).status).toBe(413);
  });

  it('does not count brackets in strings', () => {
    expect(span({ name: '[{"\\'.repeat(10_000) }).spans[0]?.name).toHaveLength(40_000);
  });
});

describe('a request in protobuf', () => {
  const decode = (bytes: Uint8Array) => decodeProtobuf(bytes, DEFAULT_LIMITS);

  it('is read with its fields in any order', () => {
    const resource = encodeProtobuf({
      resourceSpans: [{ resource: { attributes: [attribute('r', { intValue: '1' })] } }],
    });
    const scopeSpans = encodeProtobuf(aRequest(aSpan()));
    // Both are short: a tag and one byte of length stand before the fields.
    const { spans } = decode(framed(0x0a, Buffer.concat([scopeSpans.subarray(2), resource.subarray(2)])));
    expect(spans.map((span) => span.resource)).toEqual([new Map([['r', 1]])]);
  });

  it('replaces bytes that are not UTF-8', () => {
    const bytes = Buffer.from(encodeProtobuf(aRequest(aSpan({ name: 'XY' }))));
    bytes.set([0xff, 0xfe], bytes.indexOf('XY'));
    expect(decode(bytes).spans[0]?.name).toBe('\ufffd\ufffd');
  });

  it.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 3)],
    ['followed by something else', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from([0x0a])])],
    ['JSON', () => Buffer.from('{"resourceSpans":[]}')],
    ['a length of 2 GiB', () => Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x07])],
    ['groups within groups', () => Buffer.alloc(100_000, 0x1b)],
    ['a varint without end', () => Buffer.alloc(100_000, 0xff)],
  ])('is refused as %s', (_what, spoil) => {
    const bytes = spoil(Buffer.from(encodeProtobuf(aRequest(aSpan()))));
    expect(refusalOf(() => decode(bytes))).toEqual({
      status: 400,
      message: expect.stringMatching(/^The body is not an OTLP trace request in protobuf/),
    });
  });

  it('is refused before it fills the memory with spans of two bytes', () => {
    const spans = Buffer.alloc(2_000_000, Buffer.from([0x12, 0x00]));
    expect(refusalOf(() => decode(framed(0x0a, framed(0x12, spans)))).status).toBe(413);
  });

  it('skips events beyond the limit without counting them as read, and is refused when it is nothing but fields', () => {
    const events = (count: number) =>
      framed(0x0a, framed(0x12, framed(0x12, Buffer.alloc(count * 2, Buffer.from([0x5a, 0x00])))));
    expect(read(decode(events(1_000_000))).message).toMatch(/998000 events/);
    expect(refusalOf(() => decode(events(9_000_000)))).toEqual({
      status: 413,
      message: 'More than 8000000 fields in one request; send smaller batches.',
    });
    const unknown = framed(0x0a, Buffer.alloc(20_000_000, Buffer.from([0x78, 0x00])));
    expect(refusalOf(() => decode(unknown)).status).toBe(413);
  });

  it('is refused or read when any byte is changed', () => {
    const sound = encodeProtobuf(
      aRequest(aSpan({ attributes: [attribute('k', nested(3))], events: [{ name: 'e' }], status: { code: 1 } })),
    );
    const change = fc.tuple(fc.nat({ max: sound.length - 1 }), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat({ max: sound.length }), (changes, end) => {
        const bytes = Buffer.from(sound);
        for (const [at, byte] of changes) bytes[at] = byte;
        for (const body of [bytes, bytes.subarray(0, end)]) {
          try {
            decode(body);
          } catch (error) {
            expect(error).toBeInstanceOf(Refusal);
          }
        }
      }),
      { numRuns: 3000 },
    );
  });
});

function framed(tag: number, content: Uint8Array): Buffer {
  const length: number[] = [];
  let rest = content.length;
  while (rest > 127) {
    length.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return Buffer.concat([Buffer.from([tag, ...length, rest]), content]);
}
