import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { observation, replayDocument } from '../../testing/replay-document.js';
import { SessionHistory } from '../state/session-history.js';
import { BAR_PX, Bars, barsOfLastView, HEAD_PX, type View } from './bars.js';
import { layOut } from './layout.js';
import { scaleFor } from './viewport.js';

const span = fc.record({
  startMs: fc.integer({ min: 0, max: 10_000 }),
  lengthMs: fc.option(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 4_000 }))),
  failed: fc.boolean(),
});
const scenes = fc
  .record({
    spans: fc.array(span, { minLength: 1, maxLength: 60 }),
    zoom: fc.constantFrom(1, 3, 40),
    scroll: fc.double({ min: 0, max: 1, noNaN: true }),
    scrollY: fc.constantFrom(0, 5, 20),
    selected: fc.nat(60),
  })
  .map(({ spans, zoom, scroll, scrollY, selected }): View => {
    const document = replayDocument(
      spans.map(({ startMs, lengthMs, failed }, n) =>
        observation({
          id: `o${n}`,
          startMs,
          endMs: lengthMs === null ? null : startMs + lengthMs,
          level: failed ? 'ERROR' : 'DEFAULT',
        }),
      ),
    );
    const history = new SessionHistory(document);
    const scale = scaleFor(document, 300, zoom, false);
    const scrollX = scroll * Math.max(0, scale.length - 300);
    const layout = layOut(document.lanes, history.observations);
    return {
      history,
      layout,
      scale,
      width: 300,
      height: 120,
      scrollX,
      scrollY,
      selected: history.observations[selected],
    };
  });

describe('the bars of the timeline', () => {
  it('a click at any drawn pixel selects the observation that is drawn there', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const bars = new Bars(scene);
        for (const bar of bars.drawn) {
          for (const part of [0, 0.3, 0.5, 1]) {
            const x = bar.left + part * bar.width;
            const y = bar.top + BAR_PX / 2;
            if (y < HEAD_PX || x < 0 || x > scene.width) continue;
            const onTop = bars.drawn.findLast((b) => b.top === bar.top && b.left <= x && x <= b.left + b.width);
            expect(bars.at(x, y)).toBe(onTop);
          }
        }
      }),
    );
  });

  it('never hits an observation that is not drawn', () => {
    fc.assert(
      fc.property(scenes, fc.nat(300), fc.nat(120), (scene, x, y) => {
        const bars = new Bars(scene);
        const hit = bars.at(x, y);
        if (hit) expect(bars.drawn).toContain(hit);
      }),
    );
  });

  it('a view scrolled past the end of the session has no bars, rather than bars of a negative width', () => {
    const document = replayDocument([observation({ id: 'only', startMs: 0, endMs: 1_000 })]);
    const history = new SessionHistory(document);
    const layout = layOut(document.lanes, history.observations);
    const scale = scaleFor(document, 300, 1, false);
    const view = { history, layout, scale, width: 300, height: 120, scrollX: 900, scrollY: 0, selected: undefined };
    expect(new Bars(view).drawn).toEqual([]);
  });

  it('of many on one pixel a failure is seen and hit, whichever came first', () => {
    for (const failing of [0, 250, 499]) {
      const crowd = Array.from({ length: 500 }, (_, n) =>
        observation({ id: `o${n}`, startMs: n / 100, endMs: n / 100, level: n === failing ? 'ERROR' : 'DEFAULT' }),
      );
      const document = replayDocument([...crowd, observation({ id: 'end', startMs: 1e6, lane: 0 })]);
      const history = new SessionHistory(document);
      const layout = layOut(document.lanes, history.observations);
      const scale = scaleFor(document, 300, 1, false);
      const scene = { history, layout, scale, width: 300, height: 200, scrollX: 0, scrollY: 0, selected: undefined };
      const bars = new Bars(scene);
      const bar = bars.drawn.find(({ observation: { id } }) => id === `o${failing}`);
      expect(bars.at((bar?.left ?? -9) + 1, (bar?.top ?? -9) + 1)?.observation.id).toBe(`o${failing}`);
    }
  });

  it('ten thousand in one row are drawn as a few hundred, each of which says how many it stands for', () => {
    const document = replayDocument(
      Array.from({ length: 10_000 }, (_, n) => observation({ id: `o${n}`, startMs: n * 10, endMs: n * 10 + 4 })),
    );
    const history = new SessionHistory(document);
    const layout = layOut(document.lanes, history.observations);
    const scale = scaleFor(document, 1_000, 1, false);
    const view = { history, layout, scale, width: 1_000, height: 200, scrollX: 0, scrollY: 0, selected: undefined };
    const { drawn } = new Bars(view);
    expect(drawn.length).toBeLessThan(300);
    expect(drawn.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
  });

  it('are made once for a view, however far the pointer and the playhead move over it', () => {
    const document = replayDocument(
      Array.from({ length: 10_000 }, (_, n) => observation({ id: `o${n}`, startMs: n, endMs: n + 5 })),
    );
    const history = new SessionHistory(document);
    let queries = 0;
    const overlapping = history.intervals.overlapping.bind(history.intervals);
    history.intervals.overlapping = (from, to) => {
      queries++;
      return overlapping(from, to);
    };
    const layout = layOut(document.lanes, history.observations);
    const scale = scaleFor(document, 300, 1, false);
    const view = { history, layout, scale, width: 300, height: 200, scrollX: 0, scrollY: 0, selected: undefined };
    const barsOf = barsOfLastView();
    for (let x = 0; x < 300; x++) barsOf({ ...view }).at(x, 40);
    expect(queries).toBe(1);
    for (const other of [{ scrollX: 5 }, { scrollY: 5 }, { width: 299 }, { selected: history.observations[1] }]) {
      barsOf({ ...view, ...other }).at(5, 40);
    }
    expect(queries).toBe(5);
  });
});
