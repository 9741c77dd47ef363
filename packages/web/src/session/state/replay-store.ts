import type { ReplayGap } from '@powerrag/protocol';
import { TimeScale } from './time-scale.js';

/** Rates of playing, 1 being the pace at which the session happened. */
export const SPEEDS = [0.5, 1, 2, 4, 8, 16] as const;

export type Speed = (typeof SPEEDS)[number];

/** How long a skipped gap takes to play at speed 1: long enough to read what was skipped. */
export const SKIPPED_GAP_MS = 1200;

export interface Selection {
  readonly traceId: string;
  /** Null when a whole trace is selected. */
  readonly observationId: string | null;
}

/** All that changes while a session is watched. Every pane is a view of the document and this. */
export interface ReplayState {
  readonly playheadMs: number;
  readonly playing: boolean;
  readonly speed: Speed;
  readonly skipInactivity: boolean;
  readonly selection: Selection | null;
  /**
   * Whether the session is shown only as far as the playhead. It is while somebody plays or seeks; who opens a session or selects
   * something in it reads all of it, with the playhead at what they selected.
   */
  readonly replaying: boolean;
}

/** Where time comes from. The page passes the browser's; a test passes its own. */
export interface FrameClock {
  /** Milliseconds from any origin, never going back. */
  now(): number;
  /** Calls back before the next picture is drawn; the result cancels. */
  onFrame(callback: () => void): () => void;
}

/** The part of a replay document that playing needs. */
export interface Playable {
  readonly durationMs: number;
  readonly gaps: readonly ReplayGap[];
}

/** Holds the state of a replay and moves its playhead. Subscribers are told of every change, at most once a frame while it plays. */
export class ReplayStore {
  readonly #clock: FrameClock;
  readonly #listeners = new Set<() => void>();
  #playable: Playable;
  #skipping: TimeScale;
  #state: ReplayState;
  #lastFrameMs = 0;
  #cancelFrame: (() => void) | null = null;

  constructor(playable: Playable, clock: FrameClock, start: Partial<ReplayState> = {}) {
    this.#clock = clock;
    this.#playable = playable;
    this.#skipping = skippingScale(playable);
    this.#state = {
      playheadMs: playable.durationMs,
      playing: false,
      speed: 1,
      skipInactivity: true,
      selection: null,
      replaying: start.playheadMs !== undefined && start.playheadMs < playable.durationMs,
      ...start,
    };
    this.#state = { ...this.#state, playheadMs: this.#within(this.#state.playheadMs), playing: false };
  }

  get state(): ReplayState {
    return this.#state;
  }

  /** The result unsubscribes. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** From the end it starts over. */
  play(): void {
    if (this.#state.playing || this.#playable.durationMs === 0) return;
    const atEnd = this.#state.playheadMs >= this.#playable.durationMs;
    this.#set({ playing: true, replaying: true, ...(atEnd ? { playheadMs: 0 } : {}) });
    this.#lastFrameMs = this.#clock.now();
    this.#cancelFrame = this.#clock.onFrame(this.#frame);
  }

  pause(): void {
    this.#cancelFrame?.();
    this.#cancelFrame = null;
    if (this.#state.playing) this.#set({ playing: false });
  }

  toggle(): void {
    if (this.#state.playing) this.pause();
    else this.play();
  }

  /** Moves the playhead, held within the session. Playing goes on from there. */
  seek(timeMs: number): void {
    const playheadMs = this.#within(timeMs);
    if (playheadMs !== this.#state.playheadMs) this.#set({ playheadMs, replaying: this.#isBeforeEnd(playheadMs) });
  }

  setSpeed(speed: Speed): void {
    if (speed !== this.#state.speed) this.#set({ speed });
  }

  /** One speed up or down, held at the fastest and slowest. */
  changeSpeed(direction: 1 | -1): void {
    const speed = SPEEDS[SPEEDS.indexOf(this.#state.speed) + direction];
    if (speed !== undefined) this.setSpeed(speed);
  }

  setSkipInactivity(skipInactivity: boolean): void {
    this.#set({ skipInactivity });
  }

  /** Selects, and moves the playhead to when that was known, where it is given. */
  select(selection: Selection | null, timeMs = this.#state.playheadMs): void {
    const { playing, replaying } = this.#state;
    this.#set({ selection, playheadMs: this.#within(timeMs), replaying: selection === null ? replaying : playing });
  }

  /** Goes on with a session that has grown. A playhead at the end stays at the end; any other stays where it is. */
  extend(playable: Playable): void {
    const following = !this.#state.playing && this.#state.playheadMs >= this.#playable.durationMs;
    this.#playable = playable;
    this.#skipping = skippingScale(playable);
    const playheadMs = following ? playable.durationMs : this.#within(this.#state.playheadMs);
    if (playheadMs !== this.#state.playheadMs) this.#set({ playheadMs });
  }

  #frame = (): void => {
    const nowMs = this.#clock.now();
    const watchedMs = (nowMs - this.#lastFrameMs) * this.#state.speed;
    this.#lastFrameMs = nowMs;
    const playheadMs = this.#advance(watchedMs);
    const playing = playheadMs < this.#playable.durationMs;
    this.#cancelFrame = playing ? this.#clock.onFrame(this.#frame) : null;
    this.#set({ playheadMs, playing, replaying: playing });
  };

  #advance(watchedMs: number): number {
    const { playheadMs, skipInactivity } = this.#state;
    if (!skipInactivity) return this.#within(playheadMs + watchedMs);
    return this.#skipping.toTime(this.#skipping.toX(playheadMs) + watchedMs);
  }

  #isBeforeEnd(timeMs: number): boolean {
    return timeMs < this.#playable.durationMs;
  }

  #within(timeMs: number): number {
    return Number.isFinite(timeMs)
      ? Math.min(this.#playable.durationMs, Math.max(0, timeMs))
      : this.#playable.durationMs;
  }

  #set(change: Partial<ReplayState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

function skippingScale({ durationMs, gaps }: Playable): TimeScale {
  return new TimeScale({ durationMs, gaps, perMs: 1, foldedGap: SKIPPED_GAP_MS });
}
