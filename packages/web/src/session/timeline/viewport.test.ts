import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { panBy, reveal, scaleFor, WHOLE, zoomAt } from './viewport.js';

const span = { durationMs: 600_000, gaps: [{ startMs: 20_000, endMs: 580_000 }] };
const WIDTH = 1_000;
const scaleOf = (zoom: number) => scaleFor(span, WIDTH, zoom, true);

describe('the timeline view', () => {
  it('shows the whole session at zoom 1', () => expect(scaleOf(1).length).toBeCloseTo(WIDTH, 6));

  it('zooming keeps the moment under the pointer', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 900 }), fc.double({ min: 1.1, max: 40, noNaN: true }), (x, factor) => {
        const before = scaleOf(1).toTime(x);
        const view = zoomAt(WHOLE, factor, x, WIDTH, scaleOf);
        expect(scaleOf(view.zoom).toTime(view.scrollX + x)).toBeCloseTo(before, 3);
      }),
    );
  });

  it('never zooms out beyond the session', () => {
    const inside = zoomAt(WHOLE, 8, 500, WIDTH, scaleOf);
    expect(zoomAt(inside, 0.001, 300, WIDTH, scaleOf)).toEqual(WHOLE);
  });

  it('a gap keeps its width at any zoom', () => {
    const widthOfGap = (zoom: number) => scaleOf(zoom).toX(580_000) - scaleOf(zoom).toX(20_000);
    expect(widthOfGap(30)).toBeCloseTo(widthOfGap(1), 6);
  });

  it('pans up to the very end and no further', () => {
    const scale = scaleOf(10);
    const view = panBy({ zoom: 10, scrollX: 0 }, 1e9, WIDTH, scale);
    expect(scale.toTime(view.scrollX + WIDTH)).toBeCloseTo(600_000, 3);
  });

  it('turns the page only when the playhead leaves the view', () => {
    const scale = scaleOf(10);
    const view = { zoom: 10, scrollX: 0 };
    expect(reveal(view, scale.toTime(900), WIDTH, scale)).toBe(view);
    const turned = reveal(view, scale.toTime(1_500), WIDTH, scale);
    expect(turned.scrollX).toBeCloseTo(1_400, 3);
  });
});
