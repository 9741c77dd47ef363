import type { BatchRecord, RecordRange, Unreadable } from '../spool/journal/batch-record.js';
import type { Batch, Body } from './batch.js';
import { type BatchMemory, SPOOLED_BATCH_BYTES } from './batch-memory.js';
import { splitBody } from './split-body.js';

export interface SpooledBatchFields {
  readonly record: BatchRecord;
  readonly count: number;
  readonly order: number;
  /** Clock time at which its first span was queued or, for a batch of an earlier process, at which it was taken over. */
  readonly at: number;
}

/** A batch on disk whose body may also be in memory for a while. Its bytes are final. */
export class SpooledBatch implements Batch {
  readonly origin: 'spool' | 'earlier_process';
  readonly order: number;
  readonly count: number;
  readonly #at: number;
  readonly #record: BatchRecord;
  readonly #memory: BatchMemory;
  #body: Buffer | undefined;
  /** Bytes of the body, counted from the moment it is being read. */
  #bodyBytes = 0;
  #isReleased = false;

  /** @param body Default: read from disk when it is needed. */
  constructor(
    origin: 'spool' | 'earlier_process',
    { at, count, order, record }: SpooledBatchFields,
    memory: BatchMemory,
    body?: Buffer,
  ) {
    this.origin = origin;
    this.order = order;
    this.count = count;
    this.#at = at;
    this.#record = record;
    this.#memory = memory;
    memory.bytes += SPOOLED_BATCH_BYTES;
    if (origin === 'spool') memory.spans += count;
    if (body) this.#keep(body);
  }

  get bytesToLoad(): number {
    return this.#body ? 0 : this.#record.bytes;
  }

  get at(): number {
    return this.origin === 'spool' ? this.#at : Number.POSITIVE_INFINITY;
  }

  async body(): Promise<Body> {
    if (this.#body) return { kind: 'bytes', bytes: this.#body };
    this.#countBody(this.#record.bytes);
    let read: Buffer | Unreadable | undefined;
    try {
      read = await this.#record.read();
    } finally {
      if (!Buffer.isBuffer(read)) this.#countBody(0);
    }
    if (typeof read === 'string') return { kind: read };
    this.#keep(read);
    return { kind: 'bytes', bytes: read };
  }

  expire(before: number): number {
    return this.#at < before ? this.count : 0;
  }

  halves(body: Buffer): readonly [Batch, Batch] | undefined {
    if (this.count < 2) return undefined;
    const middle = Math.ceil(this.count / 2);
    let parts: readonly [Buffer, Buffer];
    try {
      parts = splitBody(body, middle);
    } catch {
      // Written by another version or another program.
      return undefined;
    }
    this.release();
    const [first, rest] = parts;
    const record = new HalvedRecord(this.#record);
    const half = (count: number, part: Buffer): Batch =>
      new SpooledBatch(this.origin, { record, count, order: this.order, at: this.#at }, this.#memory, part);
    return [half(middle, first), half(this.count - middle, rest)];
  }

  finish(): void {
    this.release();
    this.#record.acknowledge();
  }

  /** As `BatchRecord.moveToRange`. Release the batch afterwards. */
  moveToRange(last: RecordRange | undefined): RecordRange | undefined {
    return this.#record.moveToRange(last);
  }

  release(): void {
    this.#countBody(0);
    this.#memory.bytes -= SPOOLED_BATCH_BYTES;
    this.#body = undefined;
    this.#isReleased = true;
    if (this.origin === 'spool') this.#memory.spans -= this.count;
  }

  #keep(body: Buffer): void {
    if (this.#isReleased) return;
    this.#body = body;
    this.#countBody(body.length);
  }

  #countBody(bytes: number): void {
    if (this.#isReleased) return;
    this.#memory.bytes += bytes - this.#bodyBytes;
    this.#bodyBytes = bytes;
  }
}

/** The record of a batch that is sent in two halves. It is acknowledged when both halves are finished. */
class HalvedRecord implements BatchRecord {
  readonly #record: BatchRecord;
  #unfinished = 2;

  constructor(record: BatchRecord) {
    this.#record = record;
  }

  get spans(): number {
    return this.#record.spans;
  }

  get bytes(): number {
    return this.#record.bytes;
  }

  read(): Promise<Buffer | Unreadable> {
    return this.#record.read();
  }

  acknowledge(): void {
    this.#unfinished -= 1;
    if (this.#unfinished === 0) this.#record.acknowledge();
  }

  /** Half a record cannot be read back from disk, so it stays in memory. */
  moveToRange(): undefined {
    return undefined;
  }
}
