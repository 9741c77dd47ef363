import type { Log } from '../../base/log.js';
import { StoreUnavailable } from '../unavailable.js';
import { isBusy } from './driver.js';

/** Milliseconds of one slice, in which nothing is stored or read, and between two of them. */
const SLICE_MS = 15;
const PAUSE_MS = 5;
/** Milliseconds after which a slice that failed is tried again: while another program writes, and for any other reason. */
const BUSY_PAUSE_MS = 250;
const FAILED_PAUSE_MS = 30_000;

/** A part of the work: returns the milliseconds after which there is more to do; null when there is nothing. */
export type Slice = (budgetMs: number, early?: boolean) => number | null;

/** Runs slices while there is work, between what else the thread does. */
export class DigestLoop {
  readonly #slice: Slice;
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;
  #hasFailed = false;
  #stopped = false;

  constructor(slice: Slice, log: Log) {
    this.#slice = slice;
    this.#log = log;
  }

  /** There may be work. Cheap. */
  wake(): void {
    if (this.#timer === undefined) this.#runIn(PAUSE_MS);
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

  #run(): void {
    this.#timer = undefined;
    try {
      const moreInMs = this.#slice(SLICE_MS);
      this.#hasFailed = false;
      if (moreInMs !== null) this.#runIn(Math.max(moreInMs, PAUSE_MS));
    } catch (error) {
      // Of a file that is gone the log says enough.
      const isKnown = isBusy(error) || error instanceof StoreUnavailable;
      if (!isKnown && !this.#hasFailed) {
        this.#hasFailed = true;
        this.#log.error('names of sessions and search cannot be brought up to date; trying again', error);
      }
      this.#runIn(isBusy(error) ? BUSY_PAUSE_MS : FAILED_PAUSE_MS);
    }
  }
}
