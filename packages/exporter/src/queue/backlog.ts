import type { BatchRecord, RecordRange, Unreadable } from '../spool/journal/batch-record.js';
import type { Batch } from './batch.js';
import { type BatchMemory, SPOOLED_BATCH_BYTES } from './batch-memory.js';
import { SpooledBatch } from './spooled-batch.js';

/** Consecutive spooled batches. Only their place on disk is in memory. */
interface SpooledRange {
  readonly records: RecordRange;
  /** Order of the first span. */
  order: number;
  spans: number;
  readonly firstAt: number;
  /** Clock time at which the last batch was queued. It stands for all of them, so none counts as older than it is. */
  lastAt: number;
}

/** Most milliseconds between the first and the last batch of a range, which is how far off an age can be. */
const MAX_RANGE_MS = 60_000;

/** Spans that cannot be read back from the spool. */
export interface UnreadableSpans {
  readonly spans: number;
  readonly why: Unreadable;
}

/** Batches that wait behind the batch queue, in order: on disk if they are spooled, in memory otherwise. */
export class Backlog {
  readonly #memory: BatchMemory;
  #items: (Batch | SpooledRange)[] = [];

  constructor(memory: BatchMemory) {
    this.#memory = memory;
  }

  /** Number of ranges and batches in memory. */
  get length(): number {
    return this.#items.length;
  }

  /** Order of the first span; `Infinity` if the backlog is empty. */
  get firstOrder(): number {
    return this.#items[0]?.order ?? Number.POSITIVE_INFINITY;
  }

  /** Clock time at which the first span was queued, or up to a minute later; `Infinity` if the backlog is empty. */
  get oldestAt(): number {
    const [first] = this.#items;
    if (!first) return Number.POSITIVE_INFINITY;
    return isRange(first) ? first.lastAt : first.at;
  }

  add(batch: Batch): void {
    const { at, count, order } = batch;
    const last = this.#items.at(-1);
    const range = last && isRange(last) && this.#canExtend(last, at) ? last : undefined;
    const records = batch instanceof SpooledBatch ? batch.moveToRange(range?.records) : undefined;
    if (!records) {
      this.#items.push(batch);
      return;
    }
    batch.release();
    this.#memory.spans += count;
    if (range && range.records === records) {
      range.spans += count;
      range.lastAt = at;
      return;
    }
    this.#memory.bytes += SPOOLED_BATCH_BYTES;
    this.#items.push({ records, order, spans: count, firstAt: at, lastAt: at });
  }

  /**
   * Moves up to `most` batches from the front to the end of `target`. Only one call may run at a time.
   * Resolves with the spans that cannot be read; rejects when reading may work later.
   */
  async moveTo(target: Batch[], most: number): Promise<UnreadableSpans | undefined> {
    const [first] = this.#items;
    if (!first) return undefined;
    if (!isRange(first)) {
      this.#items.shift();
      target.push(first);
      return undefined;
    }
    const { records, unreadable } = await first.records.take(most);
    // `takeAll` was called in the meantime.
    if (this.#items[0] !== first) return undefined;
    for (const record of records) target.push(this.#restored(first, record));
    if (unreadable) this.#remove(first, unreadable.spans);
    if (first.records.isEmpty) {
      this.#items.shift();
      this.#memory.bytes -= SPOOLED_BATCH_BYTES;
    }
    return unreadable;
  }

  /** Empties the backlog. Returns the batches in memory, and the number of spans that stay in the spool. */
  takeAll(): { readonly spooled: number; readonly batches: readonly Batch[] } {
    const batches: Batch[] = [];
    let spooled = 0;
    for (const item of this.#items) {
      if (!isRange(item)) {
        batches.push(item);
        continue;
      }
      spooled += item.spans;
      this.#memory.bytes -= SPOOLED_BATCH_BYTES;
      this.#remove(item, item.spans);
    }
    this.#items = [];
    return { spooled, batches };
  }

  #canExtend(range: SpooledRange, at: number): boolean {
    // With very many ranges, one may cover more time, so that memory stays bounded in an endless outage.
    return at - range.firstAt <= MAX_RANGE_MS || this.#items.length >= this.#memory.maxShortRanges;
  }

  #restored(range: SpooledRange, record: BatchRecord): Batch {
    const { lastAt: at, order } = range;
    const { spans: count } = record;
    this.#remove(range, count);
    return new SpooledBatch('spool', { record, count, order, at }, this.#memory);
  }

  #remove(range: SpooledRange, spans: number): void {
    range.order += spans;
    range.spans -= spans;
    this.#memory.spans -= spans;
  }
}

function isRange(item: Batch | SpooledRange): item is SpooledRange {
  return 'records' in item;
}
