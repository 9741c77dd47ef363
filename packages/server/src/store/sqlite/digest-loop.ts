import type { Log } from '../../base/log.js';
import { StoreUnavailable } from '../unavailable.js';
import { isBusy } from './driver.js';

/** Milliseconds of one slice, in which nothing is stored, and between two of them. */
const SLICE_MS = 40;
const PAUSE_MS = 5;
/** While something is written or read, the pause after a slice is this many times as long: a fifth of the time is for digests. */
const PAUSES_PER_SLICE = 4;
/** Milliseconds after which a slice that failed is tried again: while another program writes, and for any other reason. */
const BUSY_PAUSE_MS = 250;
const FAILED_PAUSE_MS = 30_000;

/** A part of the work: returns the milliseconds after which there is more to do; null when there is nothing. */
export type Slice = (budgetMs: number, early?: boolean) => number | null;

/** Runs slices while there is work, between what else the thread does. */
export class DigestLoop {
  readonly #slice: Slice;
  readonly #failure: string;
  readonly #log: Log;
  readonly #clock: () => number;
  readonly #isRead: () => boolean;
  #timer: NodeJS.Timeout | undefined;
  #isWritten = false;
  #hasFailed = false;
  #stopped = false;

  /**
   * @param failure what a failed slice means, for the log.
   * @param clock milliseconds of a clock that only goes forward.
   * @param isRead whether somebody waits for a read now, which needs the processor more. Default: nobody.
   */
  constructor(slice: Slice, failure: string, log: Log, clock: () => number, isRead: () => boolean = () => false) {
    this.#failure = failure;
    this.#slice = slice;
    this.#log = log;
    this.#clock = clock;
    this.#isRead = isRead;
  }

  /** Something was written, so that there may be work. Cheap. */
  wake(): void {
    this.noteWrite();
    if (this.#timer === undefined) this.#runIn(PAUSE_MS);
  }

  /** Something was written that is no work of this loop: its next pause is longer. */
  noteWrite(): void {
    this.#isWritten = true;
  }

  /** Resolves after the pause that work of `spentMs` outside this loop owes to who writes and reads. */
  makeRoom(spentMs: number): Promise<void> {
    const pauseMs = this.#pauseAfter(spentMs);
    return new Promise((resolve) => {
      if (pauseMs === 0) setImmediate(resolve);
      else setTimeout(resolve, pauseMs);
    });
  }

  /** Resolves when all the work is done, also what is not due yet. Rejects when a slice fails. */
  async finish(): Promise<void> {
    while (!this.#stopped && this.#slice(SLICE_MS, true) !== null) await new Promise(setImmediate);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #runIn(ms: number): void {
    if (this.#stopped) return;
    // No reason for a process to go on: what is due stays due.
    this.#timer = setTimeout(() => this.#run(), ms).unref();
  }

  #pauseAfter(spentMs: number): number {
    const isNeeded = this.#isWritten || this.#isRead();
    this.#isWritten = false;
    return isNeeded ? PAUSES_PER_SLICE * spentMs : 0;
  }

  #run(): void {
    this.#timer = undefined;
    try {
      const start = this.#clock();
      const moreInMs = this.#slice(SLICE_MS);
      const pauseMs = this.#pauseAfter(this.#clock() - start);
      this.#hasFailed = false;
      if (moreInMs !== null) this.#runIn(Math.max(moreInMs, pauseMs, PAUSE_MS));
    } catch (error) {
      // Of a file that is gone the log says enough.
      const isKnown = isBusy(error) || error instanceof StoreUnavailable;
      if (!isKnown && !this.#hasFailed) {
        this.#hasFailed = true;
        this.#log.error(`${this.#failure}; trying again`, error);
      }
      this.#runIn(isBusy(error) ? BUSY_PAUSE_MS : FAILED_PAUSE_MS);
    }
  }
}
