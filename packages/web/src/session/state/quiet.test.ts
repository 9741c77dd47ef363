import { expect, it } from 'vitest';
import { observation, replayDocument } from '../../testing/replay-document.js';
import { quietGaps } from './quiet.js';

const root = observation({ id: 'root', type: 'agent', startMs: 0, endMs: 600_000 });
const step = (id: string, startMs: number, endMs: number | null) =>
  observation({ id, type: 'tool', startMs, endMs, parentId: 'root' });

it('time in which an agent is open and nothing works is folded', () => {
  const document = replayDocument([root, step('a', 1_000, 5_000), step('b', 300_000, 310_000)]);
  expect(quietGaps(document)).toEqual([
    { startMs: 5_000, endMs: 300_000 },
    { startMs: 310_000, endMs: 600_000 },
  ]);
});

it('a step that takes long is work, whatever it does', () => {
  expect(quietGaps(replayDocument([root, step('a', 0, 600_000)]))).toEqual([]);
});

it('a root that holds nothing is a step', () => {
  expect(quietGaps(replayDocument([root]))).toEqual([]);
});

it('a short pause is played', () => {
  expect(quietGaps(replayDocument([root, step('a', 0, 300_000), step('b', 305_000, 600_000)]))).toEqual([]);
});

it('gaps in which nothing is open stay, and none overlaps another', () => {
  const later = observation({ id: 'later', traceId: 'trace-2', startMs: 900_000, endMs: 900_500 });
  const gaps = [{ startMs: 600_000, endMs: 900_000 }];
  const document = replayDocument([root, step('a', 0, 500_000), later], { gaps });
  expect(quietGaps(document)).toEqual([
    { startMs: 500_000, endMs: 600_000 },
    { startMs: 600_000, endMs: 900_000 },
  ]);
});

it('what has not ended goes on to the end', () => {
  expect(quietGaps(replayDocument([root, step('a', 0, null)], { durationMs: 600_000 }))).toEqual([]);
});
