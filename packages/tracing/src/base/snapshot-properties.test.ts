import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Account, HOSTILE, type Recipe } from '../testing/hostile-values.js';
import { cut, snapshot } from './snapshot.js';

/** How many values are tried, over all properties of this file together. */
const VALUES = 100_000;

/** Says of a composite that somebody tried to write to it. */
const written: PropertyKey[] = [];
const watched = (target: object): object =>
  new Proxy(target, {
    set: (_target, key) => written.push(key) > 0,
    defineProperty: (_target, key) => written.push(key) > 0,
    deleteProperty: (_target, key) => written.push(key) > 0,
    setPrototypeOf: () => written.push('prototype') > 0,
    preventExtensions: () => written.push('extensions') > 0,
  });

const leaf: fc.Arbitrary<Recipe> = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc
    .oneof(
      fc.constantFrom(undefined, null, true, Number.NaN, -0, Number.POSITIVE_INFINITY, 2n ** 70n),
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.double(),
    )
    .map((value) => () => value),
);

const made = (recipes: readonly Recipe[]): unknown[] => recipes.map((recipe) => recipe());

const { tree } = fc.letrec<{ tree: Recipe; list: Recipe[] }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    leaf,
    tie('list').map((items) => () => watched(made(items))),
    fc
      .dictionary(fc.string({ maxLength: 4 }), tie('tree'), { maxKeys: 4 })
      .map((fields) => () => watched(Object.fromEntries(Object.entries(fields).map(([key, make]) => [key, make()])))),
    fc.tuple(tie('list'), tie('list')).map(([keys, values]) => {
      return () => new Map(keys.map((key, index) => [key(), values[index]?.()]));
    }),
    tie('list').map((items) => () => new Set(made(items))),
    tie('tree').map((owner) => () => new Account(owner())),
    tie('tree').map((cause) => () => new Error('outer', { cause: cause() })),
  ),
  list: fc.array(tie('tree'), { maxLength: 4 }),
}));

const decoder = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

describe('a snapshot of any value whatever', () => {
  it('is JSON in valid UTF-8, never an exception, and the value is not written to', () => {
    fc.assert(
      fc.property(tree, (recipe) => {
        const value = recipe();
        const text = snapshot(value);
        if (value === undefined || value === null) return text === undefined;
        if (text === undefined || decoder.decode(encoder.encode(text)) !== text) return false;
        if (typeof value !== 'string') JSON.parse(text);
        return written.length === 0;
      }),
      { numRuns: VALUES - 10_000 },
    );
  }, 120_000);

  it('is what JSON.stringify says, where that can say it in full', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        return typeof value === 'string' || value === null || snapshot(value) === JSON.stringify(value);
      }),
      { numRuns: 9_000 },
    );
  });

  it('of which a text is cut somewhere has no half of a surrogate pair at its end', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.nat(16), (text, length) => {
        return !/\p{Surrogate}/u.test(cut(text, length));
      }),
      { numRuns: 1_000 },
    );
  });

  it('leaves a value of plain, Map and Set parts equal to what it was', () => {
    fc.assert(
      fc.property(fc.object({ withBigInt: true, withMap: true, withSet: true }), (value) => {
        const before = structuredClone(value);
        snapshot(value);
        expect(value).toEqual(before);
      }),
    );
  });
});
