/** Memory for the bookkeeping of one spooled batch, or of one range of them. */
export const SPOOLED_BATCH_BYTES = 256;

/** Share of `maxQueueBytes` for the bookkeeping of single spooled batches, and the same again for that of ranges. */
const BOOKKEEPING_SHARE = 1 / 16;
const MAX_SPOOLED_BATCHES = 1_024;
const MAX_SHORT_RANGES = 4_096;

/** Counts the memory and the spans of all batches. Together with the span queue, they stay within `maxQueueBytes`. */
export class BatchMemory {
  bytes = 0;
  /** Spans of this process. */
  spans = 0;
  /** Most spooled batches to keep track of one by one. */
  readonly maxSpooledBatches: number;
  /** Most ranges of spooled batches whose ages are known to the minute. */
  readonly maxShortRanges: number;
  readonly #maxQueueBytes: number;
  readonly #bookkeeping: number;
  readonly #reserved: number;

  /** @param maxBodyBytes size of a spooled batch's body, for which memory is reserved; 0 without a spool. */
  constructor(maxQueueBytes: number, maxBodyBytes: number) {
    this.#maxQueueBytes = maxQueueBytes;
    const affordable = Math.max(1, Math.floor((maxQueueBytes * BOOKKEEPING_SHARE) / SPOOLED_BATCH_BYTES));
    this.maxSpooledBatches = Math.min(affordable, MAX_SPOOLED_BATCHES);
    this.maxShortRanges = Math.min(affordable, MAX_SHORT_RANGES);
    this.#bookkeeping = maxBodyBytes === 0 ? 0 : this.maxSpooledBatches * SPOOLED_BATCH_BYTES;
    this.#reserved = this.#bookkeeping + maxBodyBytes;
  }

  /** Bytes that new spans cannot have: used by batches, or reserved for reading spooled ones back. */
  get usedOrReserved(): number {
    return this.bytes + this.#reserved;
  }

  /** Whether more bytes can be loaded while the span queue holds `queuedBytes`. */
  hasRoomFor(bytes: number, queuedBytes: number): boolean {
    return bytes === 0 || queuedBytes + this.bytes + this.#bookkeeping + bytes <= this.#maxQueueBytes;
  }

  /** Whether a body can stay in memory after it was spooled: bodies may fill half of `maxQueueBytes`. */
  canKeep(bytes: number): boolean {
    return this.bytes + bytes <= this.#maxQueueBytes / 2;
  }
}
