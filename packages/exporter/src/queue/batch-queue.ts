import { Backlog, type UnreadableSpans } from './backlog.js';
import type { Batch } from './batch.js';
import type { BatchMemory } from './batch-memory.js';

export interface BatchQueueOptions {
  readonly memory: BatchMemory;
  /** Called when batches have been read back from disk, with what could not be read. */
  readonly onRestored: (unreadable: UnreadableSpans | undefined) => void;
  /** Called when the spool cannot be read now. */
  readonly onReadError: (error: unknown) => void;
}

/** Batches that wait to be sent, in order. Above a number of spooled ones, it keeps only their place on disk. */
export class BatchQueue {
  readonly #options: BatchQueueOptions;
  readonly #maxBatches: number;
  /** First in line: batches that failed, and halves of batches that were too large. */
  #returned: Batch[] = [];
  /** Batches that have not been tried. */
  #untried: Batch[] = [];
  /** Behind the untried ones. */
  readonly #backlog: Backlog;
  #isRestoring = false;

  constructor(options: BatchQueueOptions) {
    this.#options = options;
    this.#maxBatches = options.memory.maxSpooledBatches;
    this.#backlog = new Backlog(options.memory);
  }

  /** Number of batches, where each range of the backlog counts as one. */
  get length(): number {
    return this.#returned.length + this.#untried.length + this.#backlog.length;
  }

  /** Whether there is a batch to retry. */
  get hasReturned(): boolean {
    return this.#returned.length > 0;
  }

  /** Order of the first span that a flush could wait for; `Infinity` if the queue is empty. */
  get firstOrder(): number {
    let first = this.#untried[0]?.order ?? this.#backlog.firstOrder;
    for (const { order } of this.#returned) first = Math.min(first, order);
    return first;
  }

  /** Clock time at which the first span was queued; `Infinity` if the queue is empty. */
  get oldestAt(): number {
    let oldest = this.#untried[0]?.at ?? this.#backlog.oldestAt;
    for (const { at } of this.#returned) oldest = Math.min(oldest, at);
    return oldest;
  }

  add(batch: Batch): void {
    if (this.#backlog.length > 0 || this.#untried.length >= this.#maxBatches) this.#backlog.add(batch);
    else this.#untried.push(batch);
  }

  /** Puts batches back at the front. */
  putBack(batches: readonly Batch[]): void {
    this.#returned.unshift(...batches);
  }

  /** The next batch; undefined if no batch is in memory, even if one is being read back from disk. */
  take(): Batch | undefined {
    const batch = this.#returned.shift() ?? this.#untried.shift();
    this.restore();
    return batch;
  }

  /** Starts reading batches back from the backlog when few are left. */
  restore(): void {
    if (this.#isRestoring || this.#backlog.length === 0 || this.#untried.length * 2 > this.#maxBatches) return;
    this.#isRestoring = true;
    const wanted = Math.max(1, this.#maxBatches - this.#untried.length);
    void this.#backlog.moveTo(this.#untried, wanted).then(
      (unreadable) => {
        this.#isRestoring = false;
        this.restore();
        this.#options.onRestored(unreadable);
      },
      (error) => {
        this.#isRestoring = false;
        this.#options.onReadError(error);
      },
    );
  }

  /** Empties the queue. Returns its batches, and the number of spans in the backlog, which stay in the spool. */
  takeAll(): { readonly batches: Batch[]; readonly spooled: number } {
    const { batches, spooled } = this.#backlog.takeAll();
    const all = [...this.#returned, ...this.#untried, ...batches];
    this.#returned = [];
    this.#untried = [];
    return { batches: all, spooled };
  }
}
