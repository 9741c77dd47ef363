import type { ReplayGap } from '@powerrag/protocol';
import { type Stretch, TimeScale } from './time-scale.js';

/** Rates of playing, 1 being the pace at which the session happened. */
export const SPEEDS = [0.5, 1, 2, 4, 8, 16] as const;

export type Speed = (typeof SPEEDS)[number];

/** How long a skipped gap takes to play at speed 1: long enough to read what was skipped. */
export const SKIPPED_GAP_MS = 1200;

/** The longest that one picture moves the playhead, in milliseconds of the clock: after a tab was hidden, playing goes on from where it was. */
export const MOST_FRAME_MS = 250;

/** How long something is shown as running while it plays, in milliseconds of the clock: at 16x, many end between two pictures. */
const SWEEP_MS = 200;

/** How far J and L go, in milliseconds of watching; in a short session a tenth of it. */
const JUMP_MS = 10_000;

/** What somebody asked the timeline to show. Each request is an object of its own, so that the same can be asked for again. */
export type ViewRequest =
  | { readonly show: 'stretch'; readonly startMs: number; readonly endMs: number }
  | { readonly show: 'zoomed'; readonly factor: number };

export interface Selection {
  readonly traceId: string;
  /** Null when a whole trace is selected. */
  readonly observationId: string | null;
}

/** All that changes while a session is watched. Every pane is a view of the document and this. */
export interface ReplayState {
  readonly playheadMs: number;
  /**
   * What is between here and the playhead ran by while it played, and is still shown as running. Equal to the playhead when nothing
   * plays.
   */
  readonly sweptFromMs: number;
  readonly playing: boolean;
  readonly speed: Speed;
  readonly skipInactivity: boolean;
  readonly selection: Selection | null;
  /**
   * Whether the session is shown only as far as the playhead. It is while somebody plays or seeks; who opens a session or selects
   * something in it reads all of it, with the playhead at what they selected.
   */
  readonly replaying: boolean;
  /** A stretch of time that was marked to be measured. */
  readonly range: Stretch | null;
  readonly viewRequest: ViewRequest | null;
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
  /** Where the playhead came to by a seek, since when it has only played. */
  #landedMs: number;
  #cancelFrame: (() => void) | null = null;

  constructor(playable: Playable, clock: FrameClock, start: Partial<ReplayState> = {}) {
    this.#clock = clock;
    this.#playable = playable;
    this.#skipping = skippingScale(playable);
    this.#state = {
      playheadMs: playable.durationMs,
      sweptFromMs: 0,
      playing: false,
      speed: 1,
      skipInactivity: true,
      selection: null,
      replaying: start.playheadMs !== undefined && start.playheadMs < playable.durationMs,
      range: null,
      viewRequest: null,
      ...start,
    };
    this.#landedMs = this.#within(this.#state.playheadMs);
    this.#state = { ...this.#state, playheadMs: this.#landedMs, sweptFromMs: this.#landedMs, playing: false };
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
    this.#set({ playing: true, replaying: true, ...(atEnd ? this.#landAt(0) : {}) });
    this.#lastFrameMs = this.#clock.now();
    this.#cancelFrame = this.#clock.onFrame(this.#frame);
  }

  pause(): void {
    this.#cancelFrame?.();
    this.#cancelFrame = null;
    if (this.#state.playing) this.#set({ playing: false, ...this.#landAt(this.#state.playheadMs) });
  }

  toggle(): void {
    if (this.#state.playing) this.pause();
    else this.play();
  }

  /** Moves the playhead, held within the session. Playing goes on from there. */
  seek(timeMs: number): void {
    const playheadMs = this.#within(timeMs);
    if (playheadMs === this.#state.playheadMs) return;
    const replaying = this.#state.playing || playheadMs < this.#playable.durationMs;
    this.#set({ ...this.#landAt(playheadMs), replaying });
  }

  /** Ten seconds of watching back or forward, over folded time as it plays; in a short session a tenth of it. */
  jump(direction: 1 | -1): void {
    const wholeMs = this.#state.skipInactivity ? this.#skipping.length : this.#playable.durationMs;
    this.seek(this.#after(direction * Math.min(JUMP_MS, wholeMs / 10)));
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
    const moved = timeMs === this.#state.playheadMs ? {} : this.#landAt(this.#within(timeMs));
    this.#set({ selection, ...moved, replaying: selection === null ? replaying : playing });
  }

  /** Marks a stretch of time, in either order, or none. */
  setRange(range: Stretch | null): void {
    const bounds = range && [this.#within(range.startMs), this.#within(range.endMs)];
    this.#set({ range: bounds && { startMs: Math.min(...bounds), endMs: Math.max(...bounds) } });
  }

  /** Moves one bound of the marked stretch to the playhead. Without a stretch, or past its other bound, one begins that reaches to the session's. */
  markBound(bound: 'start' | 'end'): void {
    const { playheadMs, range } = this.#state;
    const isStart = bound === 'start';
    const other = isStart ? range?.endMs : range?.startMs;
    const isBeside = other !== undefined && (isStart ? other > playheadMs : other < playheadMs);
    const far = isBeside ? other : isStart ? this.#playable.durationMs : 0;
    this.setRange({ startMs: playheadMs, endMs: far });
  }

  /** Asks the timeline to show something. */
  requestView(viewRequest: ViewRequest): void {
    this.#set({ viewRequest });
  }

  /** Goes on with a session that has grown. A playhead at the end stays at the end; any other stays where it is. */
  extend(playable: Playable): void {
    const following = !this.#state.playing && this.#state.playheadMs >= this.#playable.durationMs;
    this.#playable = playable;
    this.#skipping = skippingScale(playable);
    const playheadMs = following ? playable.durationMs : this.#within(this.#state.playheadMs);
    if (playheadMs !== this.#state.playheadMs) this.#set(this.#landAt(playheadMs));
  }

  #frame = (): void => {
    const nowMs = this.#clock.now();
    const watchedMs = Math.min(MOST_FRAME_MS, nowMs - this.#lastFrameMs) * this.#state.speed;
    this.#lastFrameMs = nowMs;
    const playheadMs = this.#after(watchedMs);
    const sweptFromMs = Math.max(this.#landedMs, this.#after(watchedMs - SWEEP_MS * this.#state.speed));
    const playing = playheadMs < this.#playable.durationMs;
    this.#cancelFrame = playing ? this.#clock.onFrame(this.#frame) : null;
    this.#set(playing ? { playheadMs, sweptFromMs } : { ...this.#landAt(playheadMs), playing, replaying: false });
  };

  /** The playhead at a moment that it did not play to. */
  #landAt(playheadMs: number): Pick<ReplayState, 'playheadMs' | 'sweptFromMs'> {
    this.#landedMs = playheadMs;
    return { playheadMs, sweptFromMs: playheadMs };
  }

  /** Where the playhead is after so much watching, or before it. */
  #after(watchedMs: number): number {
    const { playheadMs, skipInactivity } = this.#state;
    if (!skipInactivity) return this.#within(playheadMs + watchedMs);
    return this.#skipping.toTime(this.#skipping.toX(playheadMs) + watchedMs);
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
