import { expect, test } from 'vitest';
import { observation, replayDocument, usage } from '../../testing/replay-document.js';
import { traceAsOf } from './trace-as-of.js';

test('the tokens, cost and errors of a trace count from the end of what they belong to', () => {
  const observations = [
    observation({ id: 'answer', startMs: 0, endMs: 400, usage: usage(10, 5), cost: 0.25 }),
    observation({ id: 'lookup', startMs: 500, endMs: 900, level: 'ERROR' }),
  ];
  const [trace] = replayDocument(observations).traces;
  if (trace === undefined) throw new Error('the document has a trace');
  const whole = { ...trace, endMs: 1_000, totalCost: 0.25 };

  expect(traceAsOf(whole, observations, 399)).toEqual({
    observationCount: 1,
    errorCount: 0,
    totalTokens: 0,
    totalCost: 0,
  });
  expect(traceAsOf(whole, observations, 600)).toEqual({
    observationCount: 2,
    errorCount: 0,
    totalTokens: 15,
    totalCost: 0.25,
  });
  expect(traceAsOf(whole, observations, 900).errorCount).toBe(1);
  expect(traceAsOf(whole, observations, Number.POSITIVE_INFINITY)).toBe(whole);
});
