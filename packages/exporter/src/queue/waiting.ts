import { Backlog, type Lost } from './backlog.js';
import type { Batch, Held } from './batch.js';

export interface WaitingOptions {
  readonly held: Held;
  /** Beyond so many, batches that are on disk are kept there alone, and come back when it is nearly their turn. */
  readonly maxBatches: number;
  /** Batches can be taken that could not before, or will never be. */
  readonly onRestored: (lost: Lost | undefined) => void;
  /** The spool cannot be read now. */
  readonly onTrouble: (error: unknown) => void;
}

/** Batches that wait to be sent, in the order in which they are. */
export class Waiting {
  readonly #options: WaitingOptions;
  /** Before all others: those that failed, and halves of those that were too large. */
  #returned: Batch[] = [];
  /** Those that have not been tried. */
  #fresh: Batch[] = [];
  /** After those. */
  readonly #backlog: Backlog;
  #isRestoring = false;

  constructor(options: WaitingOptions) {
    this.#options = options;
    this.#backlog = new Backlog(options.held);
  }

  /** How many, those that are on disk alone counted together. */
  get length(): number {
    return this.#returned.length + this.#fresh.length + this.#backlog.length;
  }

  /** Whether something waits to be sent again. */
  get hasReturned(): boolean {
    return this.#returned.length > 0;
  }

  /** The first span that a flush could wait for; Infinity when there is none. */
  get firstOrder(): number {
    let first = this.#fresh[0]?.order ?? this.#backlog.firstOrder;
    for (const { order } of this.#returned) first = Math.min(first, order);
    return first;
  }

  /** When the first span was queued; Infinity when there is none. */
  get oldestAt(): number {
    let oldest = this.#fresh[0]?.at ?? this.#backlog.oldestAt;
    for (const { at } of this.#returned) oldest = Math.min(oldest, at);
    return oldest;
  }

  add(batch: Batch): void {
    if (this.#backlog.length > 0 || this.#fresh.length >= this.#options.maxBatches) this.#backlog.add(batch);
    else this.#fresh.push(batch);
  }

  giveBack(batches: readonly Batch[]): void {
    this.#returned.unshift(...batches);
  }

  /** Undefined also where the next one has to be read first. */
  take(): Batch | undefined {
    const batch = this.#returned.shift() ?? this.#fresh.shift();
    this.restore();
    return batch;
  }

  /** Brings batches back from disk if few are at hand. */
  restore(): void {
    if (this.#isRestoring || this.#backlog.length === 0 || this.#fresh.length * 2 > this.#options.maxBatches) return;
    this.#isRestoring = true;
    const wanted = Math.max(1, this.#options.maxBatches - this.#fresh.length);
    void this.#backlog.moveTo(this.#fresh, wanted).then(
      (lost) => {
        this.#isRestoring = false;
        this.restore();
        this.#options.onRestored(lost);
      },
      (error) => {
        this.#isRestoring = false;
        this.#options.onTrouble(error);
      },
    );
  }

  /** All of them, but for spans that are on disk alone: how many those were. */
  takeAll(): { readonly batches: Batch[]; readonly spooled: number } {
    const { batches, spooled } = this.#backlog.leaveAll();
    const all = [...this.#returned, ...this.#fresh, ...batches];
    this.#returned = [];
    this.#fresh = [];
    return { batches: all, spooled };
  }
}
