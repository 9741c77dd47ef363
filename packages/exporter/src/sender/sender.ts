import type { Clock } from '../base/clock.js';
import { errorText } from '../base/error-text.js';
import type { SendResult, Transport } from '../base/send-result.js';
import type { Batch } from '../queue/batch.js';
import { BatchBuilder, type BatchBuilderOptions, type BatchLimits } from '../queue/batch-builder.js';
import { BatchMemory } from '../queue/batch-memory.js';
import { BatchQueue } from '../queue/batch-queue.js';
import { BatchSpooler, type SenderSpool } from '../queue/batch-spooler.js';
import type { QueuedSpan } from '../queue/span-queue.js';
import type { Log } from '../report/log.js';
import type { DropReason, Stats } from '../report/stats.js';
import { type FlushLimits, FlushWaiters } from './flush-waiters.js';
import { Gate } from './gate.js';
import { Outcomes } from './outcomes.js';
import { Pump } from './pump.js';
import type { Unreachable } from './reachability.js';

export interface SenderOptions extends BatchBuilderOptions {
  readonly transport: Transport;
  /** With it, a batch is written to disk before it is sent. */
  readonly spool?: SenderSpool | undefined;
  readonly stats: Stats;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: () => number;
  readonly limits: SenderLimits;
}

export interface SenderLimits extends BatchLimits {
  /** Most requests in flight. */
  readonly maxInFlight: number;
  /** Milliseconds after which a span is dropped if a request with it fails. Spans that have not been tried are sent at any age. */
  readonly maxAgeMs: number;
}

/** Delay before retrying a failed spool read. */
const READ_RETRY_MS = 1_000;

/**
 * Queues spans and sends them in batches. With a spool, a batch is built and written to disk as soon as it is full or due;
 * without one, it is built when it can be sent.
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #memory: BatchMemory;
  readonly #builder: BatchBuilder;
  readonly #spooler: BatchSpooler;
  readonly #waiting: BatchQueue;
  readonly #inFlight = new Set<Batch>();
  readonly #gate: Gate;
  readonly #waiters: FlushWaiters;
  readonly #outcomes: Outcomes;
  readonly #pump: Pump;
  readonly #abort = new AbortController();
  #lastOrder = 0;
  #isClosed = false;

  constructor(options: SenderOptions) {
    this.#options = options;
    const { clock, log, spool } = options;
    const limits = { ...options.limits, maxBatchBytes: batchBytes(options) };
    this.#memory = new BatchMemory(limits.maxQueueBytes, spool ? limits.maxBatchBytes : 0);
    this.#builder = new BatchBuilder(options, limits, this.#memory, () => this.#pump.soon());
    this.#spooler = new BatchSpooler(spool, this.#memory);
    this.#waiting = new BatchQueue({
      memory: this.#memory,
      onRestored: (unreadable) => {
        if (unreadable) this.#outcomes.unreadable(unreadable);
        this.#resolveWaiters();
        this.#pump.soon();
      },
      onReadError: (error) => {
        log.warn(`the spool cannot be read: ${errorText(error)}`);
        this.#pump.in(READ_RETRY_MS);
      },
    });
    this.#gate = new Gate({ random: options.random });
    this.#waiters = new FlushWaiters(clock, () => this.#inFlight.size === 0 && this.unreachable !== undefined);
    const parts = {
      builder: this.#builder,
      spooler: this.#spooler,
      waiting: this.#waiting,
      inFlight: this.#inFlight,
      memory: this.#memory,
      gate: this.#gate,
      waiters: this.#waiters,
    };
    this.#outcomes = new Outcomes(parts, { ...options, maxAgeMs: limits.maxAgeMs });
    this.#pump = new Pump(parts, {
      clock,
      maxInFlight: limits.maxInFlight,
      send: (batch) => void this.#send(batch),
    });
  }

  /** Spans that are queued, waiting or in flight, and their bytes in memory. */
  get pending(): { readonly spans: number; readonly bytes: number } {
    return { spans: this.#builder.spans + this.#memory.spans, bytes: this.#builder.bytes + this.#memory.bytes };
  }

  /** The server, if it cannot be reached and has never answered. */
  get unreachable(): Unreachable | undefined {
    return this.#outcomes.reachability.unreachable;
  }

  /** Age of the oldest pending span in milliseconds; 0 if none is pending. */
  get oldestMs(): number {
    let oldest = Math.min(this.#builder.oldestAt, this.#waiting.oldestAt);
    for (const { at } of this.#inFlight) oldest = Math.min(oldest, at);
    return Number.isFinite(oldest) ? this.#options.clock.now() - oldest : 0;
  }

  /** Queues a span, or drops it with a reason. */
  add({ bytes, own, resource, scope, trace }: Omit<QueuedSpan, 'order' | 'at'>): void {
    const { clock, limits, onLeft, stats } = this.#options;
    // Field by field, because this runs for every span and a spread is several times slower.
    const queued: QueuedSpan = { bytes, own, resource, scope, trace, at: clock.now(), order: this.#lastOrder + 1 };
    const reason = this.#isClosed ? 'after_shutdown' : this.#push(queued);
    if (reason !== undefined) {
      stats.drop(reason, 1);
      onLeft(queued);
      return;
    }
    this.#lastOrder += 1;
    if (this.#builder.isFull) this.#pump.soon();
    else if (this.#pump.wakesAt > queued.at + limits.flushIntervalMs) this.#pump.in(limits.flushIntervalMs);
  }

  /**
   * Sends everything that is pending now. Resolves with false when all of it has left or the server does not accept the keys, and
   * with true at a limit.
   */
  async flush(limits: FlushLimits): Promise<boolean> {
    if (this.pending.spans === 0) return false;
    this.#gate.hurry(this.#options.clock.now());
    this.#pump.soon();
    return await this.#waiters.wait(this.#lastOrder, limits);
  }

  /** Call this when the spool has a new batch of an earlier process. */
  wake(): void {
    this.#pump.soon();
  }

  /**
   * Stops sending. Pending spans are spooled, or dropped with the given reason. Synchronous.
   * @returns how many spans were pending, and how many of them were dropped.
   */
  close(reason: 'shutdown_deadline' | 'process_exit'): { readonly pending: number; readonly dropped: number } {
    const pending = this.pending.spans;
    if (this.#isClosed) return { pending: 0, dropped: 0 };
    this.#isClosed = true;
    this.#pump.stop();
    this.#abort.abort();
    this.#spooler.endPause();
    const waiting = this.#waiting.takeAll();
    const batches = [...this.#inFlight, ...waiting.batches];
    this.#inFlight.clear();
    this.#options.stats.inFlight = 0;
    this.#options.stats.spooled += waiting.spooled;
    for (let batch = this.#build(); batch; batch = this.#build()) batches.push(batch);
    let dropped = 0;
    for (const batch of batches) {
      if (!this.#outcomes.leaveInSpool(batch)) dropped += this.#outcomes.drop(batch, this.#reasonIfFull(reason));
    }
    this.#waiters.resolveAll();
    return { pending, dropped };
  }

  #build(): Batch | undefined {
    const batch = this.#builder.build();
    return batch && this.#spooler.canWrite ? this.#spooler.write(batch) : batch;
  }

  /** Undefined when there was room; otherwise the reason to drop the span. */
  #push(span: QueuedSpan): DropReason | undefined {
    if (this.#builder.push(span)) return undefined;
    // The disk may have room when memory has none.
    while (this.#spooler.canWrite && this.#pump.build());
    return this.#builder.push(span) ? undefined : this.#reasonIfFull('queue_full');
  }

  #reasonIfFull(otherwise: DropReason): DropReason {
    return this.#spooler.isFull ? 'spool_full' : otherwise;
  }

  async #send(batch: Batch): Promise<void> {
    const { stats } = this.#options;
    const ownSpans = batch.origin === 'earlier_process' ? 0 : batch.count;
    stats.inFlight += ownSpans;
    const { body, result } = await this.#request(batch);
    // Otherwise `close` has already dealt with the batch.
    if (!this.#inFlight.delete(batch)) return;
    stats.inFlight -= ownSpans;
    if (typeof result === 'string') this.#outcomes.batchUnreadable(batch, result);
    else this.#outcomes.answered(batch, body, result);
    this.#resolveWaiters();
    this.#waiters.endIfUnreachable();
    this.#pump.soon();
  }

  async #request(batch: Batch): Promise<{ body: Buffer; result: SendResult | 'damaged' | 'taken_over' }> {
    let bytes: Buffer = Buffer.alloc(0);
    try {
      const body = await batch.body();
      if (body.kind === 'unencodable') {
        return {
          body: bytes,
          result: { status: 'refused', message: `the request cannot be encoded: ${body.message}` },
        };
      }
      if (body.kind !== 'bytes') return { body: bytes, result: body.kind };
      bytes = body.bytes;
      return { body: bytes, result: await this.#options.transport.send(bytes, this.#abort.signal) };
    } catch (error) {
      const message = `the spool cannot be read now: ${errorText(error)}`;
      return { body: bytes, result: { status: 'retryable', afterMs: undefined, message } };
    }
  }

  #resolveWaiters(): void {
    if (this.#waiters.size === 0) return;
    let first = Math.min(this.#builder.firstOrder, this.#waiting.firstOrder);
    for (const { order } of this.#inFlight) first = Math.min(first, order);
    this.#waiters.resolveBefore(first);
  }
}

/** Most bytes of one batch. With a spool, several batches must fit into memory, because most of the queue is on disk. */
function batchBytes({ limits: { maxBatchBytes, maxQueueBytes }, spool }: SenderOptions): number {
  return spool ? Math.min(maxBatchBytes, Math.ceil(maxQueueBytes / 8)) : maxBatchBytes;
}
