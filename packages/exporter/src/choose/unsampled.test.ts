import { UNSAMPLED_LISTENERS, type UnsampledListeners, type UnsampledSpan } from '@powerrag/protocol';
import { expect, it, onTestFinished } from 'vitest';
import { watchUnsampled } from './unsampled.js';

const globals = globalThis as { readonly [UNSAMPLED_LISTENERS]?: UnsampledListeners };

function span(traceFlags = 0, traceId = '1'.repeat(32)): UnsampledSpan {
  return { spanContext: () => ({ traceId, traceFlags }) };
}

/** Tells of observations, each by its span and parent, and returns what became of that. */
function told(...observations: (readonly [UnsampledSpan, UnsampledSpan?])[]) {
  const counts = { unsampled: 0, becauseOfParent: 0 };
  const stop = watchUnsampled({
    onUnsampled: () => {
      counts.unsampled += 1;
    },
    onUnsampledParent: () => {
      counts.becauseOfParent += 1;
    },
  });
  onTestFinished(stop);
  for (const [own, parent] of observations)
    for (const listener of globals[UNSAMPLED_LISTENERS] ?? []) listener(own, parent);
  return counts;
}

it('what a sampler leaves out is counted, with all below it, and is not put down to a parent', () => {
  const [root, child, grandchild] = [span(), span(), span()];
  expect(told([root], [child, root], [grandchild, child])).toEqual({ unsampled: 3, becauseOfParent: 0 });
});

it('what is left out for the sake of a parent of others is put down to it', () => {
  const parent = span();
  expect(told([span(), parent], [span(), parent])).toEqual({ unsampled: 2, becauseOfParent: 2 });
});

it('what a sampler leaves out below a sampled parent is its own doing', () => {
  expect(told([span(), span(1)])).toEqual({ unsampled: 1, becauseOfParent: 0 });
});

it('what is asked not to be traced is not counted', () => {
  expect(told([span(0, '0'.repeat(32))])).toEqual({ unsampled: 0, becauseOfParent: 0 });
});

it('an error of a span does not reach the application', () => {
  const broken: UnsampledSpan = {
    spanContext() {
      throw new Error('broken');
    },
  };
  expect(told([broken])).toEqual({ unsampled: 0, becauseOfParent: 0 });
});
