import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aRequest, aSpan } from '../ingest/testing.js';
import { decodeJson } from './decode-json.js';
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
