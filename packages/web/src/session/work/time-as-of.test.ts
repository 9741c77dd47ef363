import { expect, it } from 'vitest';
import { observation, turn } from '../../testing/replay-document.js';
import { TimeAsOf } from './time-as-of.js';

const NOTHING = { model: 0, tool: 0, retrieval: 0, judge: 0, own: 0, waiting: 0 };

it('where the time went counts each stretch once it is over, over all turns', () => {
  const time = new TimeAsOf([
    {
      turn: turn({ startMs: 0, endMs: 100 }),
      position: 0,
      observations: [
        observation({ id: 'search', type: 'retriever', startMs: 0, endMs: 30 }),
        observation({ id: 'call', type: 'generation', startMs: 30, endMs: 100 }),
      ],
    },
    {
      turn: turn({ startMs: 500, endMs: 600 }),
      position: 1,
      observations: [observation({ id: 'call-2', type: 'generation', startMs: 500, endMs: 600 })],
    },
  ]);
  expect(time.at(29)).toEqual(NOTHING);
  expect(time.at(99)).toEqual({ ...NOTHING, retrieval: 30 });
  expect(time.at(599)).toEqual({ ...NOTHING, retrieval: 30, model: 70 });
  expect(time.at(Number.POSITIVE_INFINITY)).toEqual({ ...NOTHING, retrieval: 30, model: 170 });
});
