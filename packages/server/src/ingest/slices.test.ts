import { describe, expect, it } from 'vitest';
import { slicesOf } from './slices.js';

describe('the slices of a batch', () => {
  it('have the whole batch in order, a few hundred items each', () => {
    const batch = Array.from({ length: 20_000 }, (_, index) => index);
    const slices = [...slicesOf(batch)];
    expect(slices.flat()).toEqual(batch);
    expect(Math.max(...slices.map(({ length }) => length))).toBe(512);
    expect([...slicesOf([])]).toEqual([]);
  });

  it('hold fewer items if these are large, and at least one', () => {
    const MiB = 1024 * 1024;
    const sizes = [1, 3, 1, 9, 9, 2, 2, 1].map((size) => size * MiB);
    expect([...slicesOf(sizes, (size) => size)].map((slice) => slice.map((size) => size / MiB))).toEqual([
      [1, 3],
      [1],
      [9],
      [9],
      [2, 2],
      [1],
    ]);
  });
});
