import type { Resource } from '@opentelemetry/resources';
import type { StoredBatch } from '../spool/journal/stored-batch.js';
import { type Batch, Held, MemoryBatch, OVERHEAD_BYTES, SpooledBatch } from './batch.js';
import { type QueuedSpan, SpanQueue } from './queue.js';

/** What the sender needs of the spool. Nothing of it throws. */
interface SenderSpool {
  /** Whether a batch would be taken now. */
  readonly isUsable: boolean;
  /** Whether it holds its maximum. */
  readonly isFull: boolean;
  /** Tries again, although it has failed not long ago: there is no later time. */
  endPause(): void;
  /** Writes a batch; undefined when it cannot. */
  append(body: Buffer, spans: number): StoredBatch | undefined;
  /** Whether a batch of an earlier process is at hand. */
  readonly hasRecovered: boolean;
  takeRecovered(): StoredBatch | undefined;
}

export interface CutterOptions {
  /** Makes the body of a request. */
  readonly encode: (spans: readonly QueuedSpan[]) => Buffer;
  /** Resolves when what resource detectors find out is there, or has been waited for long enough. */
  readonly settle: (resource: Resource) => Promise<void>;
  /** A span has left: delivered, dropped or written to the spool. */
  readonly onLeft: (span: QueuedSpan) => void;
  /** With it, a batch is written before it is sent. */
  readonly spool?: SenderSpool | undefined;
}

export interface CutterLimits {
  /** Most bytes of spans held, queued and in flight. */
  readonly maxQueueBytes: number;
  /** Most spans of one request. */
  readonly maxBatchSpans: number;
  /** Most bytes of spans of one request. */
  readonly maxBatchBytes: number;
  /** Milliseconds a span waits at most for others to share its request. */
  readonly flushIntervalMs: number;
}

/** Of `maxQueueBytes`, what is used to know batches on disk one by one; and of how many at most. */
const WAITING_SHARE = 1 / 16;
const MAX_WAITING_BATCHES = 1_024;

/** How many batches on disk that wait for their turn are known one by one. */
export function maxWaitingBatches(maxQueueBytes: number): number {
  const share = Math.floor((maxQueueBytes * WAITING_SHARE) / OVERHEAD_BYTES);
  return Math.min(Math.max(1, share), MAX_WAITING_BATCHES);
}

/** Cuts the queue into batches and, where there is a spool, writes them there. Knows how much memory all of them take. */
export class Cutter {
  readonly held: Held = new Held();
  readonly #options: CutterOptions;
  readonly #limits: CutterLimits;
  readonly #onSettled: () => void;
  readonly #queue: SpanQueue;
  readonly #settled = new WeakSet<Resource>();
  /** What memory has to have room for when batches come back from disk: to know them, and the body of one of them. */
  readonly #reserved: { readonly forBatches: number; readonly forBody: number };
  #isSettling = false;

  /** @param onSettled called when a batch that had to wait for resource detectors can be cut. */
  constructor(options: CutterOptions, limits: CutterLimits, onSettled: () => void) {
    this.#options = options;
    const { maxBatchBytes, maxQueueBytes } = limits;
    // With a spool, memory is but a window on what waits; many batches have to fit into it.
    const windowed = options.spool ? Math.min(maxBatchBytes, Math.ceil(maxQueueBytes / 8)) : maxBatchBytes;
    this.#limits = { ...limits, maxBatchBytes: windowed };
    const forBatches = maxWaitingBatches(maxQueueBytes) * OVERHEAD_BYTES;
    this.#reserved = options.spool ? { forBatches, forBody: windowed } : { forBatches: 0, forBody: 0 };
    this.#onSettled = onSettled;
    this.#queue = new SpanQueue(maxQueueBytes);
  }

  /** Spans that have not left, and the bytes of them that are in memory. */
  get pending(): { readonly spans: number; readonly bytes: number } {
    return { spans: this.#queue.length + this.held.spans, bytes: this.#queue.bytes + this.held.bytes };
  }

  /** The queue in batches. */
  get queuedBatches(): number {
    return Math.max(this.#queue.bytes / this.#limits.maxBatchBytes, this.#queue.length / this.#limits.maxBatchSpans);
  }

  /** Of the first span in the queue; Infinity when it is empty. */
  get firstOrder(): number {
    return this.#queue.oldest?.order ?? Number.POSITIVE_INFINITY;
  }

  /** When the first span in the queue was queued; Infinity when it is empty. */
  get oldestAt(): number {
    return this.#queue.oldest?.at ?? Number.POSITIVE_INFINITY;
  }

  get isFull(): boolean {
    return this.#queue.length >= this.#limits.maxBatchSpans || this.#queue.bytes >= this.#limits.maxBatchBytes;
  }

  /** Whether batches can be written now. */
  get canWrite(): boolean {
    return this.#options.spool?.isUsable === true;
  }

  /** False, and nothing happens, if there is no room in memory for the span. */
  push(span: QueuedSpan): boolean {
    const { forBatches, forBody } = this.#reserved;
    return this.#queue.push(span, this.held.bytes + forBatches + forBody);
  }

  /** Whether there is room in memory for the body of the batch. */
  hasRoomFor(batch: Batch): boolean {
    if (batch.toLoad === 0) return true;
    return this.pending.bytes + this.#reserved.forBatches + batch.toLoad <= this.#limits.maxQueueBytes;
  }

  /** Milliseconds until a batch is due; undefined when that does not depend on time. */
  dueInMs(now: number): number | undefined {
    const { oldest } = this.#queue;
    if (!oldest || this.#isSettling) return undefined;
    return Math.max(1, oldest.at + this.#limits.flushIntervalMs - now);
  }

  /** Whether a batch should be cut: it is full, or has waited long enough, or there is a hurry. */
  isDue(now: number, isHurried: boolean): boolean {
    const { oldest } = this.#queue;
    if (oldest === undefined) return false;
    const isWanted = this.isFull || now - oldest.at >= this.#limits.flushIntervalMs || isHurried;
    return isWanted && !this.#hasToSettle();
  }

  /** Moves spans from the queue into a batch, which is on disk if there is a spool that takes it. Undefined: none are left. */
  cut(): Batch | undefined {
    const spans = this.#queue.take(this.#limits.maxBatchSpans, this.#limits.maxBatchBytes);
    if (spans.length === 0) return undefined;
    const { encode, onLeft } = this.#options;
    const batch = new MemoryBatch(spans, encode, this.held, onLeft);
    return this.canWrite ? this.stored(batch) : batch;
  }

  /** The batch, on disk if the spool takes it. */
  stored(batch: Batch): Batch {
    if (!(batch instanceof MemoryBatch)) return batch;
    const body = batch.tryEncode();
    const stored = body && this.#options.spool?.append(body, batch.count);
    if (!stored) return batch;
    const { at, count, order } = batch;
    batch.done();
    const isRoom = this.held.bytes + body.length <= this.#limits.maxQueueBytes / 2;
    const { held } = this;
    return new SpooledBatch('spool', { stored, count, order, at }, held, isRoom ? body : undefined);
  }

  /** The next batch of an earlier process. */
  recovered(now: number): Batch | undefined {
    const stored = this.#options.spool?.takeRecovered();
    if (!stored) return undefined;
    const order = Number.POSITIVE_INFINITY;
    const { held } = this;
    const { spans: count } = stored;
    return new SpooledBatch('earlier_process', { stored, count, order, at: now }, held);
  }

  /** Whether resource detectors are still asking around for spans of the next batch. */
  #hasToSettle(): boolean {
    if (this.#isSettling) return true;
    for (const resource of this.#queue.resources(this.#limits.maxBatchSpans)) {
      if (resource.asyncAttributesPending !== true || this.#settled.has(resource)) continue;
      this.#isSettling = true;
      void this.#options.settle(resource).then(() => {
        this.#settled.add(resource);
        this.#isSettling = false;
        this.#onSettled();
      });
      return true;
    }
    return false;
  }
}
