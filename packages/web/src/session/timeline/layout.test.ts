import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { observation } from '../../testing/replay-document.js';
import { layOut } from './layout.js';

const lanes = [
  { service: 'web', label: 'web' },
  { service: 'search', label: 'search' },
];

describe('layOut', () => {
  it('children are below their parents and lanes below one another', () => {
    const layout = layOut(lanes, [
      observation({ id: 'root', startMs: 0, endMs: 100 }),
      observation({ id: 'child', startMs: 10, endMs: 90, parentId: 'root' }),
      observation({ id: 'remote', startMs: 20, endMs: 80, parentId: 'child', lane: 1 }),
      observation({ id: 'next', startMs: 100, endMs: 120 }),
    ]);
    expect([...layout.rowOf]).toEqual([0, 1, 2, 0]);
    expect(layout.lanes).toEqual([
      { label: 'web', firstRow: 0, rowCount: 2 },
      { label: 'search', firstRow: 2, rowCount: 1 },
    ]);
  });

  it('no two in a row overlap while the lane has rows left', () => {
    const intervals = fc.array(fc.tuple(fc.nat(100), fc.integer({ min: 1, max: 30 })), { maxLength: 12 });
    fc.assert(
      fc.property(intervals, (pairs) => {
        const observations = pairs
          .map(([startMs, length], n) => observation({ id: `o${n}`, startMs, endMs: startMs + length }))
          .sort((a, b) => a.startMs - b.startMs);
        const { rowOf } = layOut(lanes, observations);
        observations.forEach((a, i) => {
          observations.forEach((b, j) => {
            const apart = (a.endMs ?? 0) <= b.startMs || (b.endMs ?? 0) <= a.startMs;
            if (i < j && rowOf[i] === rowOf[j]) expect(apart).toBe(true);
          });
        });
      }),
    );
  });

  it('a lane stays bounded, however many run at once', () => {
    const crowd = Array.from({ length: 500 }, (_, n) => observation({ id: `o${n}`, startMs: 0, endMs: null }));
    expect(layOut(lanes, crowd).lanes[0]?.rowCount).toBe(12);
  });
});
