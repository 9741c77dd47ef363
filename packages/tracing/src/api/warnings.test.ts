import { afterEach, expect, it, vi } from 'vitest';
import { sharedState } from '../base/shared-state.js';
import { observe, propagateAttributes, score, updateActiveTrace } from '../index.js';
import { forgetSetUp, recordSpans } from '../testing/recorded-spans.js';

recordSpans();
afterEach(() => {
  vi.restoreAllMocks();
  forgetSetUp();
});

it('a warning about values of the application is logged once for its kind, and none of the values is kept', () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined);
  const ask = observe((index: number) => {
    updateActiveTrace({ sessionId: `${index}`.repeat(2_000), userId: `${index}`.repeat(2_000) });
  });
  for (let index = 1_000; index < 4_000; index++) {
    propagateAttributes(
      { environment: `Not A Name ${index}`, metadata: { [`key ${index}`]: `${index}`.repeat(500) } },
      () => ask(index),
    );
    score({ name: `score ${index}`, value: Number.NaN, sessionId: 'chat-1' });
  }
  expect(warn.mock.calls.length).toBeGreaterThan(0);
  expect(warn.mock.calls.length).toBeLessThan(8);
  expect(sharedState().warned.size).toBeLessThan(16);
  expect([...sharedState().warned].filter((kind) => /\d{4}/.test(kind))).toEqual([]);
});
