import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitTimeScale, TimeScale } from './time-scale.js';

const gapped = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 100_000 })), { maxLength: 8 })
  .map((pairs) => {
    let timeMs = 0;
    const gaps = pairs.map(([activeMs, idleMs]) => {
      const startMs = timeMs + activeMs;
      timeMs = startMs + idleMs;
      return { startMs, endMs: timeMs };
    });
    return { gaps, durationMs: timeMs + 1_000 };
  });

describe('TimeScale', () => {
  const scale = new TimeScale({
    durationMs: 100_000,
    gaps: [{ startMs: 10_000, endMs: 90_000 }],
    perMs: 0.01,
    foldedGap: 40,
  });

  it('active time is in proportion and a gap has the folded length', () => {
    expect(scale.toX(0)).toBe(0);
    expect(scale.toX(10_000)).toBe(100);
    expect(scale.toX(50_000)).toBe(120);
    expect(scale.toX(90_000)).toBe(140);
    expect(scale.length).toBe(240);
  });

  it('holds moments outside the session at its bounds', () => {
    expect(scale.toX(-1)).toBe(0);
    expect(scale.toX(1e9)).toBe(240);
    expect(scale.toTime(-50)).toBe(0);
    expect(scale.toTime(1e9)).toBe(100_000);
  });

  it('a gap shorter than its folded length keeps its own', () => {
    const short = new TimeScale({ durationMs: 300, gaps: [{ startMs: 100, endMs: 200 }], perMs: 1, foldedGap: 1_000 });
    expect(short.length).toBe(300);
  });

  it('time to length and back is the same time', () => {
    fc.assert(
      fc.property(gapped, fc.double({ min: 0, max: 1, noNaN: true }), ({ gaps, durationMs }, part) => {
        const timeMs = part * durationMs;
        const any = new TimeScale({ durationMs, gaps, perMs: 0.05, foldedGap: 30 });
        expect(any.toTime(any.toX(timeMs))).toBeCloseTo(timeMs, 4);
      }),
    );
  });

  it('later is never further left', () => {
    fc.assert(
      fc.property(gapped, fc.nat(200_000), fc.nat(200_000), ({ gaps, durationMs }, a, b) => {
        const any = new TimeScale({ durationMs, gaps, perMs: 0.05, foldedGap: 30 });
        expect(any.toX(Math.min(a, b))).toBeLessThanOrEqual(any.toX(Math.max(a, b)));
      }),
    );
  });

  it('a session without any time lies at 0', () => {
    const empty = new TimeScale({ durationMs: 0, gaps: [], perMs: 1, foldedGap: 10 });
    expect([empty.toX(5), empty.toTime(5), empty.length]).toEqual([0, 0, 0]);
  });
});

describe('fitTimeScale', () => {
  it('the whole session takes the whole width, whatever its gaps', () => {
    fc.assert(
      fc.property(gapped, fc.integer({ min: 100, max: 2_000 }), ({ gaps, durationMs }, width) => {
        expect(fitTimeScale({ durationMs, gaps, width, foldedGap: 48 }).length).toBeCloseTo(width, 3);
      }),
    );
  });

  it('many gaps never push the activity out of the picture', () => {
    const gaps = Array.from({ length: 100 }, (_, n) => ({ startMs: n * 1_000 + 10, endMs: n * 1_000 + 1_000 }));
    const scale = fitTimeScale({ durationMs: 100_010, gaps, width: 900, foldedGap: 48 });
    const firstGap = gaps[0] ?? { startMs: 0, endMs: 0 };
    expect(scale.toX(firstGap.endMs) - scale.toX(firstGap.startMs)).toBeCloseTo(3, 5);
  });
});
