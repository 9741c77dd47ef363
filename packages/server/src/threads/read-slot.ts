import type { Log } from '../base/log.js';
import type { DatabaseGuard } from '../store/sqlite/guard.js';
import type { ReadCalls, ReadWorkerData } from './read-worker.js';
import { Thread } from './thread.js';

export interface ReadSlotOptions {
  /** The program of the workers. */
  readonly file: string;
  readonly guard: DatabaseGuard;
  readonly log: Log;
}

const MEMORY_MIB = 1_024;

const RETRY_MS = 1_000;
/** Milliseconds that the worker gets to end when the server stops. */
const CLOSE_MS = 1_000;

/** The place of one worker that reads: when the worker dies or is given up, another takes the place. */
export class ReadSlot {
  readonly #options: ReadSlotOptions;
  readonly #onReady: () => void;
  readonly #cancelled = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  /** Null while there is none. */
  thread: Thread<ReadCalls> | null = null;
  #isClosed = false;

  /** @param onReady is called when a worker has taken the place. */
  constructor(options: ReadSlotOptions, onReady: () => void) {
    this.#options = options;
    this.#onReady = onReady;
  }

  /** Resolves when the worker answers. Rejects when it cannot be started. */
  async start(): Promise<void> {
    const { file, guard, log } = this.#options;
    const data: ReadWorkerData = { kind: 'read', file: guard.lock.file, cancelled: this.#cancelled };
    const thread = new Thread<ReadCalls>({
      ...{ file, data, memoryMiB: MEMORY_MIB, log },
      onDeath: (error) => {
        log.error(`a worker that reads ended and is replaced (${error.message})`);
        this.replace();
      },
    });
    await thread.ready;
    if (this.#isClosed) return thread.terminate();
    this.thread = thread;
    this.#onReady();
  }

  /** Asks the worker to end this step early: between two queries. */
  cancel(step: number): void {
    Atomics.store(this.#cancelled, 0, step);
  }

  /** Gives the worker up, with all that it does, and puts another in its place. */
  replace(): void {
    void this.thread?.terminate();
    this.thread = null;
    void this.#startAgain();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const over = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref());
    // A query that runs cannot be ended.
    await Promise.race([this.thread?.terminate(), over]);
    this.thread = null;
  }

  async #startAgain(): Promise<void> {
    for (let isFirst = true; !this.#isClosed; isFirst = false) {
      if (!isFirst) await new Promise<void>((resolve) => setTimeout(resolve, RETRY_MS).unref());
      // A worker that opened another file would show what this server does not store.
      if (!this.#options.guard.isInPlace()) continue;
      try {
        return await this.start();
      } catch (error) {
        if (isFirst) this.#options.log.error('a worker that reads could not be replaced', error);
      }
    }
  }
}
