import type { Json } from '@powerrag/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { previewJson, readWrittenJson } from './json-text.js';

describe('the preview of a JSON value', () => {
  it('of a short value is the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = typeof value === 'string' ? value : JSON.stringify(value);
        expect(previewJson(value as Json, 1e6)).toBe(text);
      }),
    );
  });

  it('of any value is at most as long as asked', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 50 }), (value, most) => {
        expect(previewJson(value as Json, most).length).toBeLessThanOrEqual(most);
      }),
    );
  });

  it('reads no more of a value than it shows', () => {
    let read = 0;
    const items = Array.from({ length: 1_000 }, () => 'x');
    const counted = new Proxy(items, {
      get(target, key, receiver) {
        if (typeof key === 'string' && /^\d+$/.test(key)) read++;
        return Reflect.get(target, key, receiver);
      },
    });
    expect(previewJson({ items: counted }, 40)).toMatch(/^\{"items":\["x",/);
    expect(read).toBeLessThanOrEqual(40);
  });
});

describe('a text that is JSON', () => {
  it.each(['{}', '[]', ' {"a": [1, 2.5, -3, null, true, "1,5"]}\n', '[{"b": "x"}]'])('%j is read', (text) => {
    expect(readWrittenJson(text)).toEqual({ value: JSON.parse(text), isExact: true });
  });

  it.each(['', '5', '"text"', 'null', '{', '[link](x)', '{"a": 1} and more', '[1, 2', '{a: 1}', '[ ] todo ]'])(
    '%j is not: it is shown as a text',
    (text) => expect(readWrittenJson(text)).toBeNull(),
  );

  it.each(['{"price": 1.50}', '[12345678901234567890]', '[0.1000000000000000055]', '{"a":1e3}', '[1.0]'])(
    '%j has a number that would look different, so it is shown as it was written',
    (text) => expect(readWrittenJson(text)?.isExact).toBe(false),
  );
});
