import { emptyResource, resourceFromAttributes } from '@opentelemetry/resources';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchEncoder } from '../encode/batch.js';
import { ByteWriter } from '../encode/writer.js';
import { decodeRequest, decodeSpans } from '../testing/otlp.js';
import { splitBody } from './split-body.js';

const resources = [
  emptyResource(),
  resourceFromAttributes({ 'service.name': 'one' }),
  resourceFromAttributes({ 'service.name': 'two' }, { schemaUrl: 'https://example.com/1' }),
];
const NOTHING = Buffer.alloc(0);
const scopes = [{ name: 'a' }, { name: 'b', version: '1', schemaUrl: 'https://example.com/2' }];

function bodyOf(spans: readonly { resource: number; scope: number }[]): Buffer {
  return new BatchEncoder().encode(
    spans.map(({ resource, scope }, index) => {
      const writer = new ByteWriter();
      // The name, field 5.
      writer.string(0x2a, `span ${index}`);
      return {
        bytes: writer.toBuffer(),
        resource: resources[resource] ?? emptyResource(),
        scope: scopes[scope] ?? { name: '' },
      };
    }),
    () => NOTHING,
  );
}

const spans = fc.array(fc.record({ resource: fc.nat({ max: 2 }), scope: fc.nat({ max: 1 }) }), {
  minLength: 1,
  maxLength: 30,
});

describe('a request that is split', () => {
  it('has each span in one of its parts, with its resource and scope', () => {
    fc.assert(
      fc.property(spans, fc.nat({ max: 30 }), (list, count) => {
        const body = bodyOf(list);
        const [first, rest] = splitBody(body, count);
        expect(decodeSpans(first)).toHaveLength(Math.min(count, list.length));
        expect([...decodeSpans(first), ...decodeSpans(rest)]).toEqual(decodeSpans(body));
      }),
    );
  });

  it('keeps the schema URLs in both parts', () => {
    const body = bodyOf(Array.from({ length: 4 }, () => ({ resource: 2, scope: 1 })));
    for (const part of splitBody(body, 2)) {
      expect(JSON.stringify(decodeRequest(part))).toMatch(/example\.com\/2.*example\.com\/1/);
    }
  });

  it('must be an export request', () => {
    expect(() => splitBody(Buffer.from([0x0a, 0x7f, 0x01]), 1)).toThrow(RangeError);
  });
});
