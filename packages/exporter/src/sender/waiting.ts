import type { Batch } from './batch.js';

/** Batches that wait to be sent, in the order in which they are. */
export class Waiting {
  /** Before all others: those that failed, and halves of those that were too large. */
  #returned: Batch[] = [];
  /** Those that have not been tried. */
  #fresh: Batch[] = [];

  get length(): number {
    return this.#returned.length + this.#fresh.length;
  }

  /** Whether something waits to be sent again. */
  get hasReturned(): boolean {
    return this.#returned.length > 0;
  }

  /** The first span that a flush could wait for; Infinity when there is none. */
  get firstOrder(): number {
    let first = this.#fresh[0]?.order ?? Number.POSITIVE_INFINITY;
    for (const { order } of this.#returned) first = Math.min(first, order);
    return first;
  }

  /** When the first span was queued; Infinity when there is none. */
  get oldestAt(): number {
    let oldest = this.#fresh[0]?.at ?? Number.POSITIVE_INFINITY;
    for (const { at } of this.#returned) oldest = Math.min(oldest, at);
    return oldest;
  }

  add(batch: Batch): void {
    this.#fresh.push(batch);
  }

  giveBack(batches: readonly Batch[]): void {
    this.#returned.unshift(...batches);
  }

  take(): Batch | undefined {
    return this.#returned.shift() ?? this.#fresh.shift();
  }

  takeAll(): Batch[] {
    const all = [...this.#returned, ...this.#fresh];
    this.#returned = [];
    this.#fresh = [];
    return all;
  }
}
