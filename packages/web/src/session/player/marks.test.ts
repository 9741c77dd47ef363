import { expect, it } from 'vitest';
import { TimeScale } from '../state/time-scale.js';
import { markPlaces } from './marks.js';

const scale = new TimeScale({ durationMs: 10_000, gaps: [], perMs: 1, foldedGap: 0 });

it('every moment has a mark, at most a thousand of them, however many there are', () => {
  expect(markPlaces([0, 2_500, 10_000], scale)).toEqual([0, 0.25, 1]);
  const many = markPlaces(
    Array.from({ length: 5_000 }, (_, n) => n * 2),
    scale,
  );
  expect(many).toHaveLength(1_001);
  expect([many[0], many.at(-1)]).toEqual([0, 1]);
});
