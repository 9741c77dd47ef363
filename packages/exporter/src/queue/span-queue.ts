import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { LiveTrace } from '../traces/live-trace.js';

/** The bytes of an encoded span. Call `free` when the span has left, so that another can use the memory. */
export interface QueuedBytes {
  readonly length: number;
  copy(target: Buffer, at: number): unknown;
  free(): void;
}

/** A span that has ended and waits to be sent. It holds the encoded bytes, not the span object. */
export interface QueuedSpan {
  readonly bytes: QueuedBytes;
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
  readonly trace: LiveTrace;
  /** Keys of the trace attributes that the application set on this very span. */
  readonly own: ReadonlySet<string> | undefined;
  /** Clock time at which it was queued, in milliseconds. */
  readonly at: number;
  /** Its position among all queued spans, from 1. */
  readonly order: number;
}

/** Memory of a queued span in addition to its bytes. */
const OVERHEAD_BYTES = 256;

/** Bytes that a span counts against the limit. */
export function costOf(span: QueuedSpan): number {
  return span.bytes.length + OVERHEAD_BYTES;
}

/** A first-in, first-out queue, bounded by bytes. */
export class SpanQueue {
  readonly #maxBytes: number;
  #items: (QueuedSpan | undefined)[] = [];
  #head = 0;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** Bytes of the queued spans, including 256 of bookkeeping for each. */
  get bytes(): number {
    return this.#bytes;
  }

  get oldest(): QueuedSpan | undefined {
    return this.#items[this.#head];
  }

  /** The resources of the first `maxSpans` spans. */
  resources(maxSpans: number): Set<Resource> {
    const resources = new Set<Resource>();
    let last: Resource | undefined;
    const end = Math.min(this.#items.length, this.#head + maxSpans);
    for (let index = this.#head; index < end; index++) {
      const resource = this.#items[index]?.resource;
      if (resource === undefined || resource === last) continue;
      resources.add(resource);
      last = resource;
    }
    return resources;
  }

  /**
   * Returns false and changes nothing when the span does not fit.
   * @param reservedBytes held elsewhere and counted against the same limit.
   */
  push(span: QueuedSpan, reservedBytes = 0): boolean {
    const bytes = costOf(span);
    if (this.#bytes + reservedBytes + bytes > this.#maxBytes) return false;
    this.#items.push(span);
    this.#bytes += bytes;
    return true;
  }

  /** Takes up to `maxSpans` spans and `maxBytes` bytes from the front, but at least one span if there is one. */
  take(maxSpans: number, maxBytes: number): QueuedSpan[] {
    const taken: QueuedSpan[] = [];
    let bytes = 0;
    while (taken.length < maxSpans) {
      const span = this.#items[this.#head];
      if (span === undefined) break;
      if (taken.length > 0 && bytes + span.bytes.length > maxBytes) break;
      this.#items[this.#head] = undefined;
      this.#head += 1;
      bytes += span.bytes.length;
      this.#bytes -= costOf(span);
      taken.push(span);
    }
    this.#compact();
    return taken;
  }

  /** Frees the taken part of the array, at a constant cost per span. */
  #compact(): void {
    if (this.#head === this.#items.length) {
      this.#items = [];
      this.#head = 0;
    } else if (this.#head > 1_024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
  }
}
