import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IntervalIndex } from './interval-index.js';

const intervals = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.option(fc.integer({ min: 0, max: 120 }))), { maxLength: 70 })
  .map((pairs) =>
    pairs
      .map(([startMs, length]) => ({ startMs, endMs: length === null ? null : startMs + length }))
      .sort((a, b) => a.startMs - b.startMs),
  );

describe('IntervalIndex', () => {
  it('finds exactly what overlaps a range', () => {
    fc.assert(
      fc.property(intervals, fc.integer({ min: -10, max: 450 }), fc.nat(100), (list, from, length) => {
        const to = from + length;
        const expected = list.flatMap((i, position) =>
          i.startMs <= to && (i.endMs === null || i.endMs >= from) ? [position] : [],
        );
        expect(new IntervalIndex(list).overlapping(from, to)).toEqual(expected);
      }),
    );
  });

  it('an interval is open from its start up to, not at, its end', () => {
    const index = new IntervalIndex([{ startMs: 10, endMs: 20 }]);
    expect([9, 10, 19, 20].map((t) => index.openAt(t).length)).toEqual([0, 1, 1, 0]);
  });

  it('refuses intervals that are not in order of start', () => {
    expect(
      () =>
        new IntervalIndex([
          { startMs: 2, endMs: 3 },
          { startMs: 1, endMs: 3 },
        ]),
    ).toThrow('order of start');
  });
});
