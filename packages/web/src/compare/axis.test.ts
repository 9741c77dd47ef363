import { describe, expect, it } from 'vitest';
import { observation, turn } from '../testing/replay-document.js';
import { axisOf } from './axis.js';
import type { ComparedTurn } from './side.js';

function compared(number: number, startMs: number, endMs: number): ComparedTurn {
  const steps = [{ ...observation({ id: `s${number}`, startMs: startMs + 10, endMs }), length: '' }];
  const said = (text: string) => ({ text, knownTo: Number.POSITIVE_INFINITY, cut: [] });
  return { number, turn: turn({ startMs, endMs }), question: said(`question ${number}`), answer: said(''), steps };
}

describe('the shared axis', () => {
  it('is as long as the longer side, from the start of each, with long waits folded', () => {
    const { bars, lengthMs } = axisOf([
      [compared(1, 500, 1_500), compared(2, 3_600_000, 3_601_000)],
      [compared(1, 0, 510), compared(2, 510, 1_020)],
    ]);
    expect(lengthMs).toBe(2_040);
    expect(bars[0]?.map(({ start, length }) => [start * lengthMs, length * lengthMs])).toEqual([
      [0, 1_000],
      [1_040, 1_000],
    ]);
    expect(bars[1]?.map(({ start, length }) => [start * lengthMs, length * lengthMs])).toEqual([
      [0, 510],
      [510, 510],
    ]);
  });

  it('shows the steps of single turns', () => {
    const { bars, lengthMs } = axisOf([[compared(3, 100, 200)], [compared(4, 0, 50)]]);
    expect(lengthMs).toBe(100);
    expect(bars.flat().map(({ label, start, length }) => [label, start, length])).toEqual([
      ['s3', 0.1, 0.9],
      ['s4', 0.1, 0.4],
    ]);
  });
});
