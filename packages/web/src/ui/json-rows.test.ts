import type { Json } from '@powerrag/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findInJson, jsonRows, pathsAbove } from './json-rows.js';

const paths = (value: Json, chosen: Record<string, boolean> = {}) =>
  jsonRows(value, new Map(Object.entries(chosen))).map(({ path }) => path);

describe('the lines of a JSON tree', () => {
  const value = { a: 1, 'b/c': { d: [true, null] } };

  it('are each value in order, what is small open', () => {
    expect(paths(value)).toEqual(['', '/a', '/b~1c', '/b~1c/d', '/b~1c/d/0', '/b~1c/d/1']);
  });

  it('leave out what is inside something closed', () => {
    expect(paths(value, { '/b~1c': false })).toEqual(['', '/a', '/b~1c']);
    expect(paths({ long: Array(500).fill(1), other: 2 })).toEqual(['', '/long', '/other']);
    expect(paths({ long: Array(500).fill(1), other: 2 }, { '/long': true })).toHaveLength(503);
  });

  it('are made of values of any depth', () => {
    let deep: Json = 1;
    for (let level = 0; level < 50_000; level++) deep = [deep];
    expect(paths(deep).length).toBeGreaterThan(5);
    expect(findInJson(deep, '1', 10)).toHaveLength(1);
  });
});

describe('a search in JSON', () => {
  const value = { Title: 'Returns', pages: [{ text: 'within 60 days' }, { text: 'SIXTY 60' }], n: 60, off: null };

  it('finds names and values whatever their case, in order', () => {
    expect(findInJson(value, '60', 10)).toEqual(['/pages/0/text', '/pages/1/text', '/n']);
    expect(findInJson(value, 'title', 10)).toEqual(['/Title']);
    expect(findInJson(value, 'NULL', 10)).toEqual(['/off']);
    expect(findInJson(value, '60', 2)).toHaveLength(2);
    expect(findInJson(value, '', 10)).toEqual([]);
  });

  it('finds what the tree shows once all above it is open', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ minLength: 1, maxLength: 2 }), (any, text) => {
        const value = any as Json;
        for (const path of findInJson(value, text, 20)) {
          const open = new Map(pathsAbove(path).map((above) => [above, true]));
          expect(jsonRows(value, open).map((row) => row.path)).toContain(path);
        }
      }),
    );
  });
});
