import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { LiveTrace } from '../traces/live-trace.js';

/** An encoded span. Its memory is free for another once it has left. */
export interface QueuedBytes {
  readonly length: number;
  copy(target: Buffer, at: number): unknown;
  free(): void;
}

/** A span that has ended and waits to leave the process. Bytes, and no span object. */
export interface QueuedSpan {
  readonly bytes: QueuedBytes;
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
  readonly trace: LiveTrace;
  /** Trace attributes that the span has of its own. */
  readonly own: ReadonlySet<string> | undefined;
  /** Milliseconds of the clock at which it was queued. */
  readonly at: number;
  /** Its place in the order of all spans that were queued. */
  readonly order: number;
}

/** What a queued span costs beside its bytes. */
const OVERHEAD_BYTES = 256;

/** What a span counts for against the bound. */
export function costOf(span: QueuedSpan): number {
  return span.bytes.length + OVERHEAD_BYTES;
}

/** First in, first out; bounded by the bytes it holds. */
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

  /** Bytes held, with what each span costs beside its own. */
  get bytes(): number {
    return this.#bytes;
  }

  get oldest(): QueuedSpan | undefined {
    return this.#items[this.#head];
  }

  /** Where the first `maxSpans` spans come from. */
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

  /** @param reservedBytes held elsewhere but counted against the same bound. False, and nothing happens, if it does not fit. */
  push(span: QueuedSpan, reservedBytes = 0): boolean {
    const bytes = costOf(span);
    if (this.#bytes + reservedBytes + bytes > this.#maxBytes) return false;
    this.#items.push(span);
    this.#bytes += bytes;
    return true;
  }

  /** Takes spans from the front, at most `maxSpans` and `maxBytes`, but at least one if there is one. */
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

  /** Frees the part of the array that has been taken, at a cost that is constant per span. */
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
