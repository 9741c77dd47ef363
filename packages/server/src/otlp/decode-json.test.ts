import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aRequest, aSpan } from '../ingest/testing.js';
import { decodeJson } from './decode-json.js';
import { decodeLogsJson } from './decode-logs.js';
import { DEFAULT_LIMITS } from './limits.js';
import { Refusal } from './refusal.js';

const attribute = (key: string, value: object) => ({ key, value });

describe('a request in JSON', () => {
  it('keeps the digits of an integer of more than 64 bits', () => {
    const request = aRequest(aSpan({ attributes: [attribute('k', { intValue: 2 ** 64 })] }));
    const { spans } = decodeJson(Buffer.from(JSON.stringify(request)), DEFAULT_LIMITS);
    expect(spans[0]?.attributes.get('k')).toBe('18446744073709551616');
  });

  it('is refused or read when any value is replaced', () => {
    const sound = JSON.stringify(
      aRequest(
        aSpan({
          parentSpanId: '00f067aa0ba902b7',
          attributes: [
            attribute('k', { arrayValue: { values: [{ stringValue: 'x' }] } }),
            attribute('n', { intValue: '1' }),
            attribute('d', { doubleValue: 1 }),
          ],
          events: [{ name: 'e', timeUnixNano: '1', attributes: [attribute('b', { boolValue: true })] }],
          status: { code: 2, message: 'm' },
        }),
      ),
    );
    let places = 0;
    JSON.parse(sound, () => {
      places += 1;
    });
    // An object that JavaScript cannot turn into a number or a text, though JSON can say it.
    const inconvertible = { toString: 1, valueOf: 1 };
    const anything = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom(inconvertible, [inconvertible], '', '-1', '1e400', 'constructor', 1e300, -0.5, 2 ** 64),
    );
    fc.assert(
      fc.property(fc.nat({ max: places - 1 }), anything, (place, other) => {
        let at = 0;
        const changed = JSON.parse(sound, (_key, value: unknown) => (at++ === place ? other : value));
        try {
          decodeJson(Buffer.from(JSON.stringify(changed)), DEFAULT_LIMITS);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('what is wrong around spans', () => {
  const span = aSpan();
  const beside = { scopeSpans: [{ spans: [span] }] };
  it.each<[string, unknown, number, RegExp]>([
    ['a resource that is null', null, 1, /^1 span was rejected: resourceSpans must be a JSON object, got null$/],
    ['a resource that is a text', 'spans', 1, /resourceSpans must be a JSON object, got a string/],
    ['a scope that is null', { scopeSpans: [null] }, 1, /scopeSpans must be a JSON object, got null/],
    ['scopes that are not a list', { scopeSpans: {} }, 1, /scopeSpans must be a JSON array/],
    ['spans that are not a list', { scopeSpans: [{ spans: 'x' }] }, 1, /spans must be a JSON array/],
    ['a span that is null', { scopeSpans: [{ spans: [null] }] }, 1, /spans must be a JSON object, got null/],
    [
      'a resource with an attribute that is null',
      { resource: { attributes: [null] }, scopeSpans: [{ spans: [span, span] }, { spans: [span] }] },
      3,
      /^3 spans were rejected: attributes must be a JSON object, got null$/,
    ],
    ['a scope that is a number', { scopeSpans: [{ scope: 5, spans: [span, span] }] }, 2, /scope must be a JSON object/],
  ])('rejects the spans within %s, and none beside it', (_what, resourceSpans, count, message) => {
    const body = Buffer.from(JSON.stringify({ resourceSpans: [beside, resourceSpans, beside] }));
    const { spans, rejected } = decodeJson(body, DEFAULT_LIMITS);
    expect(spans).toHaveLength(2);
    expect(rejected.count).toBe(count);
    expect(rejected.message).toMatch(message);
  });

  it('rejects the log records within it, and none beside it', () => {
    const good = { scopeLogs: [{ logRecords: [{ body: { stringValue: 'x' } }] }] };
    const resourceLogs = [good, null, { scopeLogs: [null, { logRecords: [null] }, { logRecords: 'x' }] }, good];
    const { records, rejected } = decodeLogsJson(Buffer.from(JSON.stringify({ resourceLogs })), DEFAULT_LIMITS);
    expect(records).toHaveLength(2);
    expect(rejected.count).toBe(4);
  });
});
