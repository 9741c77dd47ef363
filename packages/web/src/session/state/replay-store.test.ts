import { describe, expect, it } from 'vitest';
import { phaseIn } from './phase.js';
import { type FrameClock, MOST_FRAME_MS, ReplayStore, SKIPPED_GAP_MS } from './replay-store.js';

class ManualClock implements FrameClock {
  #nowMs = 1_000;
  #pending: (() => void) | null = null;

  now(): number {
    return this.#nowMs;
  }

  onFrame(callback: () => void): () => void {
    this.#pending = callback;
    return () => {
      this.#pending = null;
    };
  }

  /** Lets time pass, with a picture drawn every 50 ms and at its end. */
  frameAfter(ms: number): void {
    for (let left = ms; left > 0; left -= 50) this.frameLate(Math.min(50, left));
  }

  /** Lets time pass without a picture, as in a hidden tab, then draws one. */
  frameLate(ms: number): void {
    this.#nowMs += ms;
    const callback = this.#pending;
    this.#pending = null;
    callback?.();
  }
}

const span = { durationMs: 100_000, gaps: [{ startMs: 10_000, endMs: 90_000 }] };

function storeAt(playheadMs: number, skipInactivity = true): { store: ReplayStore; clock: ManualClock } {
  const clock = new ManualClock();
  return { clock, store: new ReplayStore(span, clock, { playheadMs, skipInactivity }) };
}

describe('ReplayStore', () => {
  it('goes on from where it was after its tab was hidden for a while', () => {
    const { store, clock } = storeAt(0);
    store.play();
    clock.frameLate(60_000);
    expect(store.state.playheadMs).toBe(MOST_FRAME_MS);
  });

  it('what ran by between two pictures is shown as running for a while, at any speed', () => {
    const { store, clock } = storeAt(0);
    const short = { startMs: 100, endMs: 101 };
    store.setSpeed(16);
    store.play();
    clock.frameLate(16);
    expect(phaseIn(store.state, short)).toBe('running');
    clock.frameLate(16);
    expect(phaseIn(store.state, short)).toBe('running');
    store.pause();
    expect(phaseIn(store.state, short)).toBe('done');
  });

  it('a seek runs over nothing: what lies between is done, and playing goes on', () => {
    const { store, clock } = storeAt(0);
    store.play();
    store.seek(5_000);
    clock.frameLate(10);
    expect(store.state).toMatchObject({ playing: true, playheadMs: 5_010, sweptFromMs: 5_000 });
    expect(phaseIn(store.state, { startMs: 4_000, endMs: 4_990 })).toBe('done');
  });

  it('jumps by a tenth of what there is to watch where that is short, over folded time', () => {
    const { store } = storeAt(9_500);
    store.jump(1);
    expect(store.state.playheadMs).toBeGreaterThan(90_000);
    store.jump(-1);
    expect(store.state.playheadMs).toBeCloseTo(9_500);
  });

  it('marks a stretch by its bounds, in either order and within the session', () => {
    const { store } = storeAt(5_000);
    store.markBound('start');
    expect(store.state.range).toEqual({ startMs: 5_000, endMs: 100_000 });
    store.seek(8_000);
    store.markBound('end');
    expect(store.state.range).toEqual({ startMs: 5_000, endMs: 8_000 });
    store.setRange({ startMs: 7_000, endMs: -5 });
    expect(store.state.range).toEqual({ startMs: 0, endMs: 7_000 });
  });

  it('opens at the end, so that the whole conversation is there to be read', () => {
    expect(new ReplayStore(span, new ManualClock()).state).toMatchObject({ playheadMs: 100_000, playing: false });
  });

  it('plays at the pace at which it happened, times the speed', () => {
    const { store, clock } = storeAt(0);
    store.play();
    clock.frameAfter(500);
    expect(store.state.playheadMs).toBe(500);
    store.setSpeed(4);
    clock.frameAfter(500);
    expect(store.state.playheadMs).toBe(2_500);
  });

  it('skips inactivity: a long gap takes little more than a second', () => {
    const { store, clock } = storeAt(9_900);
    store.play();
    clock.frameAfter(100 + SKIPPED_GAP_MS + 50);
    expect(store.state.playheadMs).toBeCloseTo(90_050, 6);
  });

  it('plays a gap in full when asked to', () => {
    const { store, clock } = storeAt(9_900, false);
    store.play();
    clock.frameAfter(1_350);
    expect(store.state.playheadMs).toBe(11_250);
  });

  it('stops at the end, and starts over from there', () => {
    const { store, clock } = storeAt(99_900);
    store.play();
    clock.frameAfter(5_000);
    expect(store.state).toMatchObject({ playheadMs: 100_000, playing: false });
    store.play();
    expect(store.state).toMatchObject({ playheadMs: 0, playing: true });
  });

  it('a pause holds the playhead, however much time passes', () => {
    const { store, clock } = storeAt(0);
    store.play();
    clock.frameAfter(300);
    store.pause();
    clock.frameAfter(10_000);
    expect(store.state).toMatchObject({ playheadMs: 300, playing: false });
    store.play();
    clock.frameAfter(10);
    expect(store.state.playheadMs).toBe(310);
  });

  it('a seek while playing goes on from there, held within the session', () => {
    const { store, clock } = storeAt(0);
    store.play();
    store.seek(95_000);
    clock.frameAfter(100);
    expect(store.state).toMatchObject({ playheadMs: 95_100, playing: true });
    store.seek(-5);
    expect(store.state.playheadMs).toBe(0);
    store.seek(Number.NaN);
    expect(store.state.playheadMs).toBe(100_000);
  });

  it('speeds go one by one and stop at the slowest and fastest', () => {
    const { store } = storeAt(0);
    const walk = (direction: 1 | -1) =>
      Array.from({ length: 6 }, () => {
        store.changeSpeed(direction);
        return store.state.speed;
      });
    expect(walk(1)).toEqual([2, 4, 8, 16, 16, 16]);
    expect(walk(-1)).toEqual([8, 4, 2, 1, 0.5, 0.5]);
  });

  it('a session that grows is followed by a playhead at its end and by no other', () => {
    const longer = { durationMs: 120_000, gaps: span.gaps };
    const atEnd = storeAt(100_000).store;
    atEnd.extend(longer);
    expect(atEnd.state.playheadMs).toBe(120_000);
    const reading = storeAt(5_000).store;
    reading.extend(longer);
    expect(reading.state.playheadMs).toBe(5_000);
  });

  it('tells its subscribers of a change until they leave', () => {
    const { store } = storeAt(0);
    const seen: number[] = [];
    const leave = store.subscribe(() => seen.push(store.state.playheadMs));
    store.seek(10);
    store.seek(10);
    leave();
    store.seek(20);
    expect(seen).toEqual([10]);
  });
});

describe('what is selected', () => {
  it('is read with all of the session around it, with the playhead there', () => {
    const { store } = storeAt(5_000);
    expect(store.state.replaying).toBe(true);
    store.select({ traceId: 't', observationId: 'a' }, 40_000);
    expect(store.state).toMatchObject({ playheadMs: 40_000, replaying: false, playing: false });
    store.seek(50_000);
    expect(store.state.replaying).toBe(true);
    store.seek(100_000);
    expect(store.state.replaying).toBe(false);
  });

  it('does not end playing', () => {
    const { store, clock } = storeAt(0);
    store.play();
    store.select({ traceId: 't', observationId: null }, 2_000);
    clock.frameAfter(100);
    expect(store.state).toMatchObject({ playheadMs: 2_100, playing: true, replaying: true });
  });
});
