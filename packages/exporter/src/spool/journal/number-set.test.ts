import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberSet } from './number-set.js';

describe('a set of numbers', () => {
  it('contains exactly what was added, in any order', () => {
    const numbers = fc.array(fc.integer({ min: 0, max: 40 }));
    fc.assert(
      fc.property(numbers, (added) => {
        const set = new NumberSet();
        for (const number of added) set.add(number);
        const all = Array.from({ length: 42 }, (_, number) => number);
        expect(all.filter((number) => set.has(number))).toEqual([...new Set(added)].sort((a, b) => a - b));
        const runs = all.filter((number) => set.has(number) && !set.has(number - 1));
        expect(set.runs).toBe(runs.length);
      }),
    );
  });

  it('needs no more memory for 100,000 consecutive numbers, added nearly in order, than for one', () => {
    const set = new NumberSet();
    // As batches are done: eight are on their way at a time.
    for (let first = 1; first <= 100_000; first += 8) {
      for (let number = first + 7; number >= first; number--) set.add(number);
      expect(set.runs).toBe(1);
    }
    expect([0, 1, 50_000, 100_000, 100_001].map((number) => set.has(number))).toEqual([false, true, true, true, false]);
  });
});
