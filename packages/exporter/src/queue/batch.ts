import type { StoredBatch, Stretch } from '../spool/journal/stored-batch.js';
import { costOf, type QueuedSpan } from './queue.js';
import { splitBody } from './split-body.js';

/** Spans that travel in one request. */
export interface Batch {
  /** Place of its first span in the order of all; a flush waits for what came before it. Infinity where none waits. */
  readonly order: number;
  /** When its first span was queued, on the clock; Infinity for spans of an earlier process. */
  readonly at: number;
  /** How many spans. */
  readonly count: number;
  /** Where it also stands: on disk, from this process or an earlier one. */
  readonly origin: 'memory' | 'spool' | 'earlier_process';
  /** Bytes that have to be read into memory for its body. */
  readonly toLoad: number;
  /**
   * The body of its request. `damaged` and `gone`: as of `StoredBatch`.
   * Rejects where it can be had later; throws nothing else.
   */
  body(): Promise<Body>;
  /** Takes out the spans that were queued before that time of the clock: how many. The batch may be empty then. */
  expire(before: number): number;
  /** Two halves in its stead; undefined when there is but one span, or it cannot be taken apart. */
  halves(body: Buffer): readonly [Batch, Batch] | undefined;
  /** It is sent no more: it takes no memory, and the spool need not keep it. */
  done(): void;
  /** It is sent no more by this process: it takes no memory; the spool keeps it. */
  leave(): void;
}

export type Body =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'unencodable'; readonly message: string }
  | { readonly kind: 'damaged' }
  | { readonly kind: 'gone' };

/** Bytes in memory outside the queue, and spans of this process. */
export class Held {
  bytes = 0;
  spans = 0;
}

type Encode = (spans: readonly QueuedSpan[]) => Buffer;

/** In memory alone. Its body is made anew for each request, so that trace attributes that come late still reach it. */
export class MemoryBatch implements Batch {
  readonly origin = 'memory';
  readonly toLoad = 0;
  readonly #encode: Encode;
  readonly #held: Held;
  readonly #onLeft: (span: QueuedSpan) => void;
  #spans: readonly QueuedSpan[];

  constructor(spans: readonly QueuedSpan[], encode: Encode, held: Held, onLeft: (span: QueuedSpan) => void) {
    this.#spans = spans;
    this.#encode = encode;
    this.#held = held;
    this.#onLeft = onLeft;
    this.#hold(1);
  }

  get spans(): readonly QueuedSpan[] {
    return this.#spans;
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
    this.#hold(-1);
    this.#spans = this.#spans.filter(({ at }) => at >= before);
    this.#hold(1);
    for (const span of old) this.#onLeft(span);
    return old.length;
  }

  halves(): readonly [Batch, Batch] | undefined {
    if (this.#spans.length < 2) return undefined;
    this.#hold(-1);
    const middle = Math.ceil(this.#spans.length / 2);
    const half = (spans: readonly QueuedSpan[]): Batch =>
      new MemoryBatch(spans, this.#encode, this.#held, this.#onLeft);
    return [half(this.#spans.slice(0, middle)), half(this.#spans.slice(middle))];
  }

  done(): void {
    this.leave();
    for (const span of this.#spans) this.#onLeft(span);
  }

  leave(): void {
    this.#hold(-1);
  }

  #hold(sign: 1 | -1): void {
    for (const span of this.#spans) this.#held.bytes += sign * costOf(span);
    this.#held.spans += sign * this.#spans.length;
  }
}

/** What a batch on disk, or a stretch of them, costs in memory. */
export const OVERHEAD_BYTES = 256;

interface Spooled {
  readonly stored: StoredBatch;
  readonly count: number;
  readonly order: number;
  /** When its first span was queued; of an earlier process's batch, when it was taken over. */
  readonly at: number;
}

/** On disk, and for a while in memory, too. Its bytes stay as they are. */
export class SpooledBatch implements Batch {
  readonly origin: 'spool' | 'earlier_process';
  readonly order: number;
  readonly count: number;
  readonly #at: number;
  readonly #stored: StoredBatch;
  readonly #held: Held;
  #body: Buffer | undefined;
  /** Of the body, also while it is being read. */
  #bodyBytes = 0;
  #hasLeft = false;

  /** @param body without it, it is read when it is needed. */
  constructor(origin: 'spool' | 'earlier_process', { at, count, order, stored }: Spooled, held: Held, body?: Buffer) {
    this.origin = origin;
    this.order = order;
    this.count = count;
    this.#at = at;
    this.#stored = stored;
    this.#held = held;
    held.bytes += OVERHEAD_BYTES;
    if (origin === 'spool') held.spans += count;
    if (body) this.#load(body);
  }

  get toLoad(): number {
    return this.#body ? 0 : this.#stored.bytes;
  }

  get at(): number {
    return this.origin === 'spool' ? this.#at : Number.POSITIVE_INFINITY;
  }

  async body(): Promise<Body> {
    if (this.#body) return { kind: 'bytes', bytes: this.#body };
    this.#hold(this.#stored.bytes);
    let read: Buffer | 'damaged' | 'gone' | undefined;
    try {
      read = await this.#stored.read();
    } finally {
      if (!Buffer.isBuffer(read)) this.#hold(0);
    }
    if (typeof read === 'string') return { kind: read };
    this.#load(read);
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
      // Not written by this version, or not by us: it cannot be taken apart.
      return undefined;
    }
    this.leave();
    const [first, rest] = parts;
    const stored = new Shared(this.#stored);
    const half = (count: number, part: Buffer): Batch =>
      new SpooledBatch(this.origin, { stored, count, order: this.order, at: this.#at }, this.#held, part);
    return [half(middle, first), half(this.count - middle, rest)];
  }

  done(): void {
    this.leave();
    this.#stored.done();
  }

  /** As of `StoredBatch`. It has to leave then. */
  shelve(last: Stretch | undefined): Stretch | undefined {
    return this.#stored.shelve(last);
  }

  leave(): void {
    this.#hold(0);
    this.#held.bytes -= OVERHEAD_BYTES;
    this.#body = undefined;
    this.#hasLeft = true;
    if (this.origin === 'spool') this.#held.spans -= this.count;
  }

  #load(body: Buffer): void {
    if (this.#hasLeft) return;
    this.#body = body;
    this.#hold(body.length);
  }

  #hold(bodyBytes: number): void {
    if (this.#hasLeft) return;
    this.#held.bytes += bodyBytes - this.#bodyBytes;
    this.#bodyBytes = bodyBytes;
  }
}

/** One batch on disk that goes out in two halves, which are in memory until they have left. It is done when both are. */
class Shared implements StoredBatch {
  readonly #stored: StoredBatch;
  #open = 2;

  constructor(stored: StoredBatch) {
    this.#stored = stored;
  }

  get spans(): number {
    return this.#stored.spans;
  }

  get bytes(): number {
    return this.#stored.bytes;
  }

  read(): Promise<Buffer | 'damaged' | 'gone'> {
    return this.#stored.read();
  }

  done(): void {
    this.#open -= 1;
    if (this.#open === 0) this.#stored.done();
  }

  /** Nothing on disk is a half. */
  shelve(): undefined {
    return undefined;
  }
}
