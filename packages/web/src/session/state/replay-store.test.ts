import { describe, expect, it } from 'vitest';
import { type FrameClock, ReplayStore, SKIPPED_GAP_MS } from './replay-store.js';

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

  /** Lets time pass, then draws one picture. */
  frameAfter(ms: number): void {
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
