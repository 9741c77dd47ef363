import { expect, it } from 'vitest';
import { observation } from '../testing/replay-document.js';
import { stepRuns } from './step-runs.js';

const step = (name: string) => ({ ...observation({ id: name, name, type: 'tool', startMs: 0 }), length: '' });

it('many steps in a row that are the same, or on one side only, are one line', () => {
  const both = Array.from({ length: 9 }, (_, n) => [step(`s${n}`), step(`s${n}`)] as const);
  const alone = Array.from({ length: 12 }, (_, n) => [null, step(`b${n}`)] as const);
  const runs = stepRuns([...both, [step('x'), step('y')], [step('z'), null], ...alone]);
  expect(runs).toEqual([
    { start: 0, count: 9, folds: true, says: '9 steps the same on both sides' },
    { start: 9, count: 1, folds: false, says: '1 step different' },
    { start: 10, count: 1, folds: false, says: '1 step on side A only' },
    { start: 11, count: 12, folds: true, says: '12 steps on side B only' },
  ]);
});
