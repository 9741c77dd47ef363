import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LABEL_PX, roundTicks, rulerTicks } from './ruler.js';
import { scaleFor } from './viewport.js';

const WIDTH = 800;
const MINUTE_MS = 60_000;

function labels(durationMs: number, gaps: readonly { startMs: number; endMs: number }[] = []): string[] {
  return rulerTicks(scaleFor({ durationMs, gaps }, WIDTH, 1, true), 0, WIDTH).map((tick) => tick.label);
}

/** A session with gaps, drawn in a given width and zoom. */
const drawn = fc
  .record({
    stretches: fc.array(fc.tuple(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e8 })), {
      maxLength: 12,
    }),
    lastMs: fc.integer({ min: 1, max: 1e7 }),
    zoom: fc.double({ min: 1, max: 20_000, noNaN: true }),
    folded: fc.boolean(),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ stretches, lastMs, zoom, folded, part }) => {
    let timeMs = 0;
    const gaps = stretches.map(([activeMs, idleMs]) => {
      const startMs = timeMs + activeMs;
      timeMs = startMs + idleMs;
      return { startMs, endMs: timeMs };
    });
    const scale = scaleFor({ durationMs: timeMs + lastMs, gaps }, WIDTH, zoom, folded);
    return { scale, scrollX: part * (scale.length - WIDTH) };
  });

describe('the timeline ruler', () => {
  it.each([
    [900, ['0 ms', '100 ms', '200 ms', '300 ms', '400 ms', '500 ms', '600 ms', '700 ms', '800 ms', '900 ms']],
    [0.9, ['0.0 ms', '0.1 ms', '0.2 ms', '0.3 ms', '0.4 ms', '0.5 ms', '0.6 ms', '0.7 ms', '0.8 ms', '0.9 ms']],
    [1_200, ['0:00.0', '0:00.2', '0:00.4', '0:00.6', '0:00.8', '0:01.0', '0:01.2']],
    [9_000, ['0:00', '0:01', '0:02', '0:03', '0:04', '0:05', '0:06', '0:07', '0:08', '0:09']],
    [70_000, ['0:00', '0:10', '0:20', '0:30', '0:40', '0:50', '1:00', '1:10']],
    [45 * MINUTE_MS, ['0:00', '5:00', '10:00', '15:00', '20:00', '25:00', '30:00', '35:00', '40:00', '45:00']],
    [6 * 60 * MINUTE_MS, ['0:00', '1:00:00', '2:00:00', '3:00:00', '4:00:00', '5:00:00', '6:00:00']],
    [
      4 * 24 * 60 * MINUTE_MS,
      ['0:00', '12:00:00', '24:00:00', '36:00:00', '48:00:00', '60:00:00', '72:00:00', '84:00:00', '96:00:00'],
    ],
  ])('%d ms in 800 pixels are marked at even, round steps', (durationMs, expected) => {
    expect(labels(durationMs)).toEqual(expected);
  });

  it('zoomed in, a label has the decimals that its step needs', () => {
    const scale = scaleFor({ durationMs: 10_000, gaps: [] }, WIDTH, 50, true);
    const seen = rulerTicks(scale, scale.toX(7_240), scale.toX(7_300));
    expect(seen.map((tick) => tick.label)).toEqual(['0:07.24', '0:07.26', '0:07.28', '0:07.30']);
  });

  it('a folded gap has no mark, and what follows it is marked from where it begins', () => {
    const gaps = [{ startMs: 20_000, endMs: 30 * MINUTE_MS }];
    expect(labels(30 * MINUTE_MS + 21_000, gaps)).toEqual([
      '0:00',
      '0:05',
      '0:10',
      '0:15',
      '0:20',
      '30:00',
      '30:05',
      '30:10',
      '30:15',
      '30:20',
    ]);
  });

  it('a stretch between gaps that is shorter than the step is marked at its roundest moment', () => {
    const gaps = [
      { startMs: 61_000, endMs: 9 * MINUTE_MS + 2_100 },
      { startMs: 9 * MINUTE_MS + 6_900, endMs: 20 * MINUTE_MS },
    ];
    expect(labels(21 * MINUTE_MS, gaps)).toContain('9:05');
  });

  it('marks never stand nearer than a label is wide, nor outside the view or in a folded gap', () => {
    fc.assert(
      fc.property(drawn, ({ scale, scrollX }) => {
        const ticks = rulerTicks(scale, scrollX, scrollX + WIDTH);
        const places = ticks.map((tick) => scale.toX(tick.timeMs));
        places.forEach((x, n) => {
          expect(x).toBeGreaterThanOrEqual(scrollX - 1e-3);
          expect(x).toBeLessThanOrEqual(scrollX + WIDTH + 1e-3);
          if (n > 0) expect(x - (places[n - 1] ?? 0)).toBeGreaterThanOrEqual(LABEL_PX - 1e-3);
        });
        for (const { timeMs } of ticks)
          expect(scale.stretches.some(({ startMs, endMs }) => timeMs >= startMs && timeMs <= endMs)).toBe(true);
      }),
    );
  });

  it('no two marks have the same label, and scrolling moves them without changing which there are', () => {
    fc.assert(
      fc.property(drawn, ({ scale, scrollX }) => {
        const ticks = rulerTicks(scale, scrollX, scrollX + WIDTH);
        expect(new Set(ticks.map((tick) => tick.label)).size).toBe(ticks.length);
        const further = rulerTicks(scale, scrollX + WIDTH / 3, scrollX + WIDTH);
        expect(ticks.slice(ticks.length - further.length)).toEqual(further);
      }),
    );
  });

  it('of a length alone, the marks are round and few', () => {
    const labelsOf = (lengthMs: number) => roundTicks(lengthMs, 5).map(({ label }) => label);
    expect(labelsOf(30_600)).toEqual(['0:00', '0:10', '0:20', '0:30']);
    expect(labelsOf(2_441_000)).toEqual(['0:00', '10:00', '20:00', '30:00', '40:00']);
    expect(labelsOf(450)).toEqual(['0 ms', '100 ms', '200 ms', '300 ms', '400 ms']);
    expect(labelsOf(2_220)).toEqual(['0:00.0', '0:00.5', '0:01.0', '0:01.5', '0:02.0']);
  });
});
