import { expect, it } from 'vitest';
import { TimeScale } from '../state/time-scale.js';
import { linesPath, markPlaces, stretchesPath } from './marks.js';

const scale = new TimeScale({ durationMs: 10_000, gaps: [], perMs: 1, foldedGap: 0 });

it('every moment has a mark, at most a thousand of them, however many there are', () => {
  expect(markPlaces([0, 2_500, 10_000], scale)).toEqual([0, 250, 1_000]);
  const many = markPlaces(
    Array.from({ length: 5_000 }, (_, n) => n * 2),
    scale,
  );
  expect(many).toHaveLength(1_001);
  expect([many[0], many.at(-1)]).toEqual([0, 1_000]);
});

it('moments are lines of one path, and stretches of time its boxes', () => {
  expect(linesPath([2_500, 2_500.1, 10_000], scale)).toBe('M250 0V1M1000 0V1');
  expect(linesPath([0, 50, 60, 100], scale, 6)).toBe('M0 0V1M6 0V1');
  const stretches = [
    { startMs: 0, endMs: 1_000 },
    { startMs: 1, endMs: 500 },
    { startMs: 5_000, endMs: 7_500 },
    { startMs: 9_000, endMs: 9_010 },
  ];
  expect(stretchesPath(stretches, scale)).toBe('M0 0H100V1H0ZM500 0H750V1H500Z');
});
