import type { Resource } from '@opentelemetry/resources';
import type { BatchMemory } from './batch-memory.js';
import { type Encode, MemoryBatch } from './memory-batch.js';
import { type QueuedSpan, SpanQueue } from './span-queue.js';

export interface BatchBuilderOptions {
  /** Encodes the body of a request. */
  readonly encode: Encode;
  /** Resolves when the resource's detectors have answered, or have been waited for long enough. */
  readonly resourceReady: (resource: Resource) => Promise<void>;
  /** Called for each span that has left: delivered, dropped or spooled. */
  readonly onLeft: (span: QueuedSpan) => void;
}

export interface BatchLimits {
  /** Most bytes of spans in memory, queued and in flight. */
  readonly maxQueueBytes: number;
  /** Most spans in one request. */
  readonly maxBatchSpans: number;
  /** Most bytes of spans in one request. */
  readonly maxBatchBytes: number;
  /** Most milliseconds that a span waits for others to share its request. */
  readonly flushIntervalMs: number;
}

/** Holds the span queue and decides when it is time to build a batch from it. */
export class BatchBuilder {
  readonly #options: BatchBuilderOptions;
  readonly #limits: BatchLimits;
  readonly #memory: BatchMemory;
  readonly #onResourceReady: () => void;
  readonly #queue: SpanQueue;
  readonly #readyResources = new WeakSet<Resource>();
  #isWaitingForResource = false;

  /** @param onResourceReady called when a batch can be built that had to wait for resource detectors. */
  constructor(options: BatchBuilderOptions, limits: BatchLimits, memory: BatchMemory, onResourceReady: () => void) {
    this.#options = options;
    this.#limits = limits;
    this.#memory = memory;
    this.#onResourceReady = onResourceReady;
    this.#queue = new SpanQueue(limits.maxQueueBytes);
  }

  /** Number of queued spans. */
  get spans(): number {
    return this.#queue.length;
  }

  /** Bytes of queued spans. */
  get bytes(): number {
    return this.#queue.bytes;
  }

  /** How many batches the queue would fill. */
  get queuedBatches(): number {
    return Math.max(this.#queue.bytes / this.#limits.maxBatchBytes, this.#queue.length / this.#limits.maxBatchSpans);
  }

  /** Order of the first queued span; Infinity when the queue is empty. */
  get firstOrder(): number {
    return this.#queue.oldest?.order ?? Number.POSITIVE_INFINITY;
  }

  /** Clock time at which the first queued span was queued; Infinity when the queue is empty. */
  get oldestAt(): number {
    return this.#queue.oldest?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Whether there are enough spans for a full batch. */
  get isFull(): boolean {
    return this.#queue.length >= this.#limits.maxBatchSpans || this.#queue.bytes >= this.#limits.maxBatchBytes;
  }

  /** Queues the span. Returns false and changes nothing when memory has no room for it. */
  push(span: QueuedSpan): boolean {
    return this.#queue.push(span, this.#memory.usedOrReserved);
  }

  /** Milliseconds until a batch is due; undefined when that does not depend on time. */
  dueInMs(now: number): number | undefined {
    const { oldest } = this.#queue;
    if (!oldest || this.#isWaitingForResource) return undefined;
    return Math.max(1, oldest.at + this.#limits.flushIntervalMs - now);
  }

  /** Whether it is time to build a batch: a full one, an overdue one, or any while `isFlushing`. */
  isDue(now: number, isFlushing: boolean): boolean {
    const { oldest } = this.#queue;
    if (oldest === undefined) return false;
    const isWanted = this.isFull || now - oldest.at >= this.#limits.flushIntervalMs || isFlushing;
    return isWanted && !this.#mustWaitForResource();
  }

  /** Moves spans from the queue into a batch; undefined when the queue is empty. */
  build(): MemoryBatch | undefined {
    const spans = this.#queue.take(this.#limits.maxBatchSpans, this.#limits.maxBatchBytes);
    if (spans.length === 0) return undefined;
    return new MemoryBatch(spans, this.#options.encode, this.#memory, this.#options.onLeft);
  }

  /** Whether resource detectors of spans in the next batch have not answered yet. */
  #mustWaitForResource(): boolean {
    if (this.#isWaitingForResource) return true;
    for (const resource of this.#queue.resources(this.#limits.maxBatchSpans)) {
      if (resource.asyncAttributesPending !== true || this.#readyResources.has(resource)) continue;
      this.#isWaitingForResource = true;
      void this.#options.resourceReady(resource).then(() => {
        this.#readyResources.add(resource);
        this.#isWaitingForResource = false;
        this.#onResourceReady();
      });
      return true;
    }
    return false;
  }
}
