import type { Batch, Body } from './batch.js';
import type { BatchMemory } from './batch-memory.js';
import { costOf, type QueuedSpan } from './span-queue.js';

export type Encode = (spans: readonly QueuedSpan[]) => Buffer;

/** A batch in memory only. Its body is encoded again for each request, so that late trace attributes still reach it. */
export class MemoryBatch implements Batch {
  readonly origin = 'memory';
  readonly bytesToLoad = 0;
  readonly #encode: Encode;
  readonly #memory: BatchMemory;
  readonly #onLeft: (span: QueuedSpan) => void;
  #spans: readonly QueuedSpan[];

  constructor(spans: readonly QueuedSpan[], encode: Encode, memory: BatchMemory, onLeft: (span: QueuedSpan) => void) {
    this.#spans = spans;
    this.#encode = encode;
    this.#memory = memory;
    this.#onLeft = onLeft;
    this.#count(1);
  }

  get order(): number {
    return this.#spans[0]?.order ?? Number.POSITIVE_INFINITY;
  }

  get count(): number {
    return this.#spans.length;
  }

  get at(): number {
    return this.#spans[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Undefined when it cannot be encoded. */
  tryEncode(): Buffer | undefined {
    try {
      return this.#encode(this.#spans);
    } catch {
      return undefined;
    }
  }

  async body(): Promise<Body> {
    try {
      return { kind: 'bytes', bytes: this.#encode(this.#spans) };
    } catch (error) {
      return { kind: 'unencodable', message: String(error) };
    }
  }

  expire(before: number): number {
    const old = this.#spans.filter(({ at }) => at < before);
    if (old.length === 0) return 0;
    this.#count(-1);
    this.#spans = this.#spans.filter(({ at }) => at >= before);
    this.#count(1);
    for (const span of old) this.#onLeft(span);
    return old.length;
  }

  halves(): readonly [Batch, Batch] | undefined {
    if (this.#spans.length < 2) return undefined;
    this.#count(-1);
    const middle = Math.ceil(this.#spans.length / 2);
    const half = (spans: readonly QueuedSpan[]): Batch =>
      new MemoryBatch(spans, this.#encode, this.#memory, this.#onLeft);
    return [half(this.#spans.slice(0, middle)), half(this.#spans.slice(middle))];
  }

  finish(): void {
    this.release();
    for (const span of this.#spans) this.#onLeft(span);
  }

  release(): void {
    this.#count(-1);
  }

  #count(sign: 1 | -1): void {
    for (const span of this.#spans) this.#memory.bytes += sign * costOf(span);
    this.#memory.spans += sign * this.#spans.length;
  }
}
