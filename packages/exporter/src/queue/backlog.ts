import type { StoredBatch, Stretch } from '../spool/journal/stored-batch.js';
import { Ages } from './ages.js';
import { type Batch, type Held, OVERHEAD_BYTES, SpooledBatch } from './batch.js';

/** Batches on disk that follow each other: of them all, only where to read on is in memory. */
interface Shelf {
  readonly stretch: Stretch;
  /** Of its first span. */
  order: number;
  spans: number;
}

/** Spans that cannot be read any more. `damaged` and `gone`: as of `StoredBatch`. */
export interface Lost {
  readonly spans: number;
  readonly why: 'damaged' | 'gone';
}

/** Batches that wait behind others, in their order: on disk as far as they are there, in memory otherwise. */
export class Backlog {
  readonly #held: Held;
  readonly #ages = new Ages();
  #items: (Batch | Shelf)[] = [];

  constructor(held: Held) {
    this.#held = held;
  }

  /** How many things it holds in memory. */
  get length(): number {
    return this.#items.length;
  }

  /** Of its first span; Infinity when there is none. */
  get firstOrder(): number {
    return this.#items[0]?.order ?? Number.POSITIVE_INFINITY;
  }

  /** When its first span was queued, or a little later; Infinity when there is none. */
  get oldestAt(): number {
    const [first] = this.#items;
    if (!first) return Number.POSITIVE_INFINITY;
    return isShelf(first) ? this.#ages.at(first.order) : first.at;
  }

  add(batch: Batch): void {
    const last = this.#items.at(-1);
    const shelf = last && isShelf(last) ? last : undefined;
    const stretch = batch instanceof SpooledBatch ? batch.shelve(shelf?.stretch) : undefined;
    if (!stretch) {
      this.#items.push(batch);
      return;
    }
    const { at, count, order } = batch;
    batch.leave();
    this.#held.spans += count;
    this.#ages.note(order, at);
    if (shelf && shelf.stretch === stretch) {
      shelf.spans += count;
      return;
    }
    this.#held.bytes += OVERHEAD_BYTES;
    this.#items.push({ stretch, order, spans: count });
  }

  /**
   * Moves batches from the front to the end of `target`, `most` at most. One call at a time.
   * Resolves with what is lost of them; rejects where it may work later.
   */
  async moveTo(target: Batch[], most: number): Promise<Lost | undefined> {
    const [first] = this.#items;
    if (!first) return undefined;
    if (!isShelf(first)) {
      this.#items.shift();
      target.push(first);
      return undefined;
    }
    const { batches, lost } = await first.stretch.take(most);
    // `leaveAll` has given up all of it.
    if (this.#items[0] !== first) return undefined;
    for (const stored of batches) target.push(this.#restored(first, stored));
    if (lost) this.#remove(first, lost.spans);
    if (first.stretch.isEmpty) {
      this.#items.shift();
      this.#held.bytes -= OVERHEAD_BYTES;
    }
    this.#ages.forgetBefore(this.firstOrder);
    return lost;
  }

  /** Leaves to the spool what is there: how many spans that were. The batches that are in memory alone are returned. */
  leaveAll(): { readonly spooled: number; readonly batches: readonly Batch[] } {
    const batches: Batch[] = [];
    let spooled = 0;
    for (const item of this.#items) {
      if (!isShelf(item)) {
        batches.push(item);
        continue;
      }
      spooled += item.spans;
      this.#held.bytes -= OVERHEAD_BYTES;
      this.#remove(item, item.spans);
    }
    this.#items = [];
    return { spooled, batches };
  }

  #restored(shelf: Shelf, stored: StoredBatch): Batch {
    const { order } = shelf;
    const { spans: count } = stored;
    this.#remove(shelf, count);
    return new SpooledBatch('spool', { stored, count, order, at: this.#ages.at(order) }, this.#held);
  }

  #remove(shelf: Shelf, spans: number): void {
    shelf.order += spans;
    shelf.spans -= spans;
    this.#held.spans -= spans;
  }
}

function isShelf(item: Batch | Shelf): item is Shelf {
  return 'stretch' in item;
}
