import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import { costOf, type QueuedSpan, SpanQueue } from '../queue.js';
import type { DropReason, Stats } from '../stats.js';
import { Gate } from './gate.js';
import type { SendResult, Transport } from './send-result.js';

export interface SenderOptions {
  readonly transport: Transport;
  /** Makes the body of a request, just before it is sent. */
  readonly encode: (spans: readonly QueuedSpan[]) => Buffer | Promise<Buffer>;
  /** A span has left: delivered, dropped or spooled. */
  readonly onLeft: (span: QueuedSpan) => void;
  readonly stats: Stats;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: () => number;
  readonly limits: SenderLimits;
}

export interface SenderLimits {
  /** Most bytes of spans held, queued and in flight. */
  readonly maxQueueBytes: number;
  /** Most spans of one request. */
  readonly maxBatchSpans: number;
  /** Most bytes of spans of one request. */
  readonly maxBatchBytes: number;
  /** Milliseconds a span waits at most for others to share its request. */
  readonly flushIntervalMs: number;
  /** Most requests in flight. */
  readonly maxInFlight: number;
  /** Milliseconds after which a span that could not be delivered is dropped. */
  readonly maxAgeMs: number;
}

interface FlushWaiter {
  /** Spans up to this one are waited for. */
  readonly upTo: number;
  readonly resolve: () => void;
}

/**
 * Cuts batches from the queue and sends them. A batch that fails goes back to the front as it was; what the failure means for
 * the other batches, the gate decides.
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #queue: SpanQueue;
  readonly #gate: Gate;
  readonly #abort = new AbortController();
  /** Batches to send before anything in the queue: those that failed, and halves of those that were too large. */
  #returned: (readonly QueuedSpan[])[] = [];
  readonly #inFlight = new Set<readonly QueuedSpan[]>();
  /** Bytes and spans outside the queue: returned or in flight. */
  #outsideBytes = 0;
  #outsideSpans = 0;
  readonly #waiters = new Set<FlushWaiter>();
  #lastOrder = 0;
  #pumpIsDue = false;
  #cancelTimer: (() => void) | undefined;
  #closed = false;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#queue = new SpanQueue(options.limits.maxQueueBytes);
    this.#gate = new Gate({ random: options.random });
  }

  get pending(): { readonly spans: number; readonly bytes: number } {
    return { spans: this.#queue.length + this.#outsideSpans, bytes: this.#queue.bytes + this.#outsideBytes };
  }

  /** Queues a span, or drops it with its reason. */
  add({ bytes, own, resource, scope, trace }: Omit<QueuedSpan, 'order' | 'at'>): void {
    const { clock, limits, onLeft, stats } = this.#options;
    // Field by field: this is done for every span, and a spread costs several times as much.
    const queued: QueuedSpan = { bytes, own, resource, scope, trace, at: clock.now(), order: this.#lastOrder + 1 };
    const reason: DropReason | undefined = this.#closed
      ? 'after_shutdown'
      : this.#queue.push(queued, this.#outsideBytes)
        ? undefined
        : 'queue_full';
    if (reason !== undefined) {
      stats.drop(reason, 1);
      onLeft(queued);
      return;
    }
    this.#lastOrder += 1;
    if (this.#queue.length >= limits.maxBatchSpans || this.#queue.bytes >= limits.maxBatchBytes) this.#pumpSoon();
    else if (this.#cancelTimer === undefined) this.#pumpAfter(limits.flushIntervalMs);
  }

  /** Sends everything that is held now. Resolves when all of it has left, or after `timeoutMs`, or when it is hopeless. */
  async flush(timeoutMs: number): Promise<void> {
    if (this.pending.spans === 0) return;
    const { clock } = this.#options;
    this.#gate.hurry(clock.now());
    await new Promise<void>((resolve) => {
      const cancel = clock.after(timeoutMs, () => done(), { holdProcess: true });
      const waiter: FlushWaiter = { upTo: this.#lastOrder, resolve: () => done() };
      const done = (): void => {
        cancel();
        this.#waiters.delete(waiter);
        resolve();
      };
      this.#waiters.add(waiter);
      this.#pumpSoon();
    });
  }

  /** Sends nothing more, and hands over what is left. */
  close(): QueuedSpan[] {
    this.#closed = true;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#abort.abort();
    const left = [...this.#inFlight, ...this.#returned].flat();
    this.#inFlight.clear();
    this.#returned = [];
    this.#outsideBytes = 0;
    this.#outsideSpans = 0;
    left.push(...this.#queue.take(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY));
    for (const waiter of [...this.#waiters]) waiter.resolve();
    return left;
  }

  #pumpSoon(): void {
    if (this.#pumpIsDue || this.#closed) return;
    this.#pumpIsDue = true;
    this.#options.clock.soon(() => {
      this.#pumpIsDue = false;
      this.#pump();
    });
  }

  #pumpAfter(ms: number): void {
    if (this.#closed) return;
    this.#cancelTimer?.();
    this.#cancelTimer = this.#options.clock.after(ms, () => {
      this.#cancelTimer = undefined;
      this.#pump();
    });
  }

  /** Sends at most one batch, so that a turn of the event loop is never long; comes back for the next. */
  #pump(): void {
    if (this.#closed) return;
    const now = this.#options.clock.now();
    if (this.#inFlight.size >= this.#gate.allowance(now, this.#wantedInFlight())) {
      const waitMs = this.#gate.waitMs(now);
      if (waitMs !== undefined && waitMs > 0) this.#pumpAfter(waitMs);
      return;
    }
    const batch = this.#nextBatch(now);
    if (batch === undefined) {
      const { oldest } = this.#queue;
      if (oldest) this.#pumpAfter(Math.max(1, oldest.at + this.#options.limits.flushIntervalMs - now));
      return;
    }
    this.#gate.sending();
    this.#inFlight.add(batch);
    void this.#send(batch);
    this.#pumpSoon();
  }

  /** One request at a time while the server keeps up; more, the more is waiting. */
  #wantedInFlight(): number {
    const { maxBatchBytes, maxBatchSpans, maxInFlight } = this.#options.limits;
    const batches = Math.max(this.#queue.bytes / maxBatchBytes, this.#queue.length / maxBatchSpans);
    return Math.min(maxInFlight, 1 + Math.floor(batches) + this.#returned.length);
  }

  #nextBatch(now: number): readonly QueuedSpan[] | undefined {
    const { flushIntervalMs, maxBatchBytes, maxBatchSpans } = this.#options.limits;
    const returned = this.#returned.shift();
    if (returned) return returned;
    const { oldest } = this.#queue;
    if (oldest === undefined) return undefined;
    const isFull = this.#queue.length >= maxBatchSpans || this.#queue.bytes >= maxBatchBytes;
    const isDue = now - oldest.at >= flushIntervalMs;
    if (!isFull && !isDue && this.#waiters.size === 0) return undefined;
    const batch = this.#queue.take(maxBatchSpans, maxBatchBytes);
    this.#outside(batch, 1);
    return batch;
  }

  async #send(batch: readonly QueuedSpan[]): Promise<void> {
    const { encode, transport } = this.#options;
    let result: SendResult;
    try {
      const body = await encode(batch);
      result = await transport.send(body, this.#abort.signal);
    } catch (error) {
      result = { status: 'refused', message: `the request could not be made: ${String(error)}` };
    }
    // `close` has taken it over.
    if (!this.#inFlight.delete(batch)) return;
    this.#settle(batch, result);
    this.#resolveWaiters();
    this.#pumpSoon();
  }

  #settle(batch: readonly QueuedSpan[], result: SendResult): void {
    const { clock, log, stats } = this.#options;
    const now = clock.now();
    switch (result.status) {
      case 'accepted': {
        this.#gate.answered();
        const rejected = Math.min(result.rejectedSpans, batch.length);
        stats.delivered += batch.length - rejected;
        stats.lastDeliveredAtMs = clock.wallNow();
        if (rejected > 0) log.warn(`the server rejected ${rejected} spans: ${result.message ?? 'no reason given'}`);
        else if (result.message !== undefined) log.warn(`the server says: ${result.message}`);
        stats.drop('rejected', rejected);
        this.#left(batch);
        return;
      }
      case 'retryable':
        stats.retries += 1;
        this.#gate.failed(now, result.afterMs, this.#waiters.size > 0);
        log.warn(`spans could not be sent and are kept: ${result.message}`);
        this.#giveBack(batch, now);
        return;
      case 'unauthorized':
        this.#gate.unauthorized(now);
        log.warn(
          `${result.message}: the keys are missing or wrong. Set POWERRAG_PUBLIC_KEY and POWERRAG_SECRET_KEY ` +
            'to those of your project. Spans are kept, and tried again each minute.',
        );
        this.#giveBack(batch, now);
        for (const waiter of [...this.#waiters]) waiter.resolve();
        return;
      case 'too_large':
        this.#gate.answered();
        this.#split(batch, result.message);
        return;
      case 'refused':
        this.#gate.answered();
        log.warn(`${batch.length} spans were refused and are lost: ${result.message}`);
        stats.drop('refused', batch.length);
        this.#left(batch);
        return;
    }
  }

  /** Halves go out on their own; a single span that is too large is lost. */
  #split(batch: readonly QueuedSpan[], message: string): void {
    if (batch.length <= 1) {
      this.#options.log.warn(`a span was too large for the server and is lost: ${message}`);
      this.#options.stats.drop('span_too_large', batch.length);
      this.#left(batch);
      return;
    }
    const middle = Math.ceil(batch.length / 2);
    this.#returned.unshift(batch.slice(0, middle), batch.slice(middle));
  }

  #giveBack(batch: readonly QueuedSpan[], now: number): void {
    const { limits, stats } = this.#options;
    const tooOld = batch.filter((span) => now - span.at > limits.maxAgeMs);
    if (tooOld.length > 0) {
      stats.drop('too_old', tooOld.length);
      this.#left(tooOld);
    }
    const kept = tooOld.length > 0 ? batch.filter((span) => now - span.at <= limits.maxAgeMs) : batch;
    if (kept.length > 0) this.#returned.unshift(kept);
  }

  #left(spans: readonly QueuedSpan[]): void {
    this.#outside(spans, -1);
    for (const span of spans) this.#options.onLeft(span);
  }

  #outside(spans: readonly QueuedSpan[], sign: 1 | -1): void {
    this.#outsideSpans += sign * spans.length;
    for (const span of spans) this.#outsideBytes += sign * costOf(span);
  }

  #resolveWaiters(): void {
    if (this.#waiters.size === 0) return;
    let first = this.#queue.oldest?.order ?? Number.POSITIVE_INFINITY;
    for (const batch of [...this.#inFlight, ...this.#returned]) first = Math.min(first, batch[0]?.order ?? first);
    for (const waiter of [...this.#waiters]) if (first > waiter.upTo) waiter.resolve();
  }
}
