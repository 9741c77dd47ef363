import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourcesOf } from './attribute-sources.js';
import { deliveries } from './deliveries.testing.js';
import { MergedTraceAttributes, type Source } from './trace-attributes.js';

const merge = (sources: readonly Source[]) => {
  const merged = new MergedTraceAttributes();
  for (const source of sources) merged.merge(source);
  return merged;
};

describe('sources of what was merged', () => {
  it('give the same attributes, alone and with whatever comes later', () => {
    fc.assert(
      fc.property(deliveries, deliveries, ({ versions: before }, { versions: later }) => {
        const moved = sourcesOf(merge(before));
        expect(merge(moved).toAttributes()).toEqual(merge(before).toAttributes());
        expect(merge([...moved, ...later]).toAttributes()).toEqual(merge([...before, ...later]).toAttributes());
      }),
    );
  });
});
