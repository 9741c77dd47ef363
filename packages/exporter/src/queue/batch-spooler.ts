import type { BatchRecord } from '../spool/journal/batch-record.js';
import type { Batch } from './batch.js';
import type { BatchMemory } from './batch-memory.js';
import { MemoryBatch } from './memory-batch.js';
import { SpooledBatch } from './spooled-batch.js';

/** The parts of the spool that the sender uses. Its methods never throw. */
export interface SenderSpool {
  /** Whether `append` would accept a batch now. */
  readonly isUsable: boolean;
  /** Whether it holds its maximum of bytes. */
  readonly isFull: boolean;
  /** Ends the pause after a failed write, because the process is ending and there is no later time to try. */
  endPause(): void;
  /** Writes a batch; undefined when it cannot. */
  append(body: Buffer, spans: number): BatchRecord | undefined;
  /** Whether a batch of an earlier process can be taken. */
  readonly hasRecovered: boolean;
  takeRecovered(): BatchRecord | undefined;
}

/** Turns batches in memory into spooled batches, and records of earlier processes into batches. */
export class BatchSpooler {
  readonly #spool: SenderSpool | undefined;
  readonly #memory: BatchMemory;

  /** @param spool without one, every batch stays in memory. */
  constructor(spool: SenderSpool | undefined, memory: BatchMemory) {
    this.#spool = spool;
    this.#memory = memory;
  }

  get canWrite(): boolean {
    return this.#spool?.isUsable === true;
  }

  get isFull(): boolean {
    return this.#spool?.isFull === true;
  }

  get hasRecovered(): boolean {
    return this.#spool?.hasRecovered === true;
  }

  endPause(): void {
    this.#spool?.endPause();
  }

  /** The batch on disk, or the batch itself when it cannot be written. */
  write(batch: Batch): Batch {
    if (!(batch instanceof MemoryBatch)) return batch;
    const body = batch.tryEncode();
    const record = body && this.#spool?.append(body, batch.count);
    if (!record) return batch;
    const { at, count, order } = batch;
    batch.finish();
    const kept = this.#memory.canKeep(body.length) ? body : undefined;
    return new SpooledBatch('spool', { record, count, order, at }, this.#memory, kept);
  }

  /** The next batch of an earlier process. */
  takeRecovered(now: number): Batch | undefined {
    const record = this.#spool?.takeRecovered();
    if (!record) return undefined;
    const fields = { record, count: record.spans, order: Number.POSITIVE_INFINITY, at: now };
    return new SpooledBatch('earlier_process', fields, this.#memory);
  }
}
