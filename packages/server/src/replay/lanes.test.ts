import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LaneSpan, toLanes } from './lanes.js';

/** Says the same in as few words as can be: each span, in order of start, goes to the first lane that is free. */
function firstFreeLane(spans: readonly LaneSpan[]): Map<LaneSpan, string> {
  const lanes = new Map<string | null, number[]>();
  const labels = new Map<LaneSpan, string>();
  for (const span of [...spans].sort((a, b) => a.startMs - b.startMs)) {
    const freeAt = lanes.get(span.service) ?? [];
    lanes.set(span.service, freeAt);
    const free = freeAt.findIndex((endMs) => endMs <= span.startMs);
    const lane = free === -1 ? freeAt.length : free;
    freeAt[lane] = span.endMs;
    labels.set(span, `${span.service} (${lane + 1})`);
  }
  return labels;
}

const anySpans = fc.array(
  fc
    .record({
      service: fc.constantFrom('chat', 'search'),
      startMs: fc.integer({ min: 0, max: 60 }),
      lengthMs: fc.integer({ min: 0, max: 30 }),
    })
    .map(({ service, startMs, lengthMs }): LaneSpan => ({ service, startMs, endMs: startMs + lengthMs })),
  { maxLength: 60 },
);

describe('the lanes of a session', () => {
  it('give a trace the first free lane of its service', () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        const { lanes, laneOf } = toLanes(spans);
        const labelOf = (span: LaneSpan) => lanes[laneOf.get(span) ?? -1]?.label.replace(/^[a-z]+$/, '$& (1)');
        const expected = firstFreeLane(spans);
        for (const span of spans) expect(labelOf(span)).toBe(expected.get(span));
        expect(lanes).toHaveLength(new Set(expected.values()).size);
      }),
      { numRuns: 500 },
    );
  });

  it('give ten thousand parallel traces a lane each', () => {
    const spans = Array.from({ length: 10_000 }, (_, n) => ({ service: 'chat', startMs: n, endMs: 20_000 }));
    const { lanes, laneOf } = toLanes(spans);
    expect(lanes).toHaveLength(10_000);
    expect(spans.every((span, n) => laneOf.get(span) === n)).toBe(true);
  });
});
