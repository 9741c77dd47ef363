import type { Clock } from '../base/clock.js';
import { counted } from '../base/counted.js';
import { errorText } from '../base/error-text.js';
import type { SendResult, Transport } from '../base/send-result.js';
import type { Lost } from '../queue/backlog.js';
import type { Batch } from '../queue/batch.js';
import { Cutter, type CutterLimits, type CutterOptions, maxWaitingBatches } from '../queue/cutter.js';
import type { QueuedSpan } from '../queue/queue.js';
import { Waiting } from '../queue/waiting.js';
import type { Log } from '../report/log.js';
import type { DropReason, Stats } from '../report/stats.js';
import { FlushWaiters } from './flush-waiters.js';
import { Gate } from './gate.js';

export interface SenderOptions extends CutterOptions {
  readonly transport: Transport;
  readonly stats: Stats;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: () => number;
  readonly limits: SenderLimits;
}

export interface SenderLimits extends CutterLimits {
  /** Most requests in flight. */
  readonly maxInFlight: number;
  /** Milliseconds after which a span is dropped when a request with it fails. Without a failure it is still sent: late is better than never. */
  readonly maxAgeMs: number;
}

/** After so long it is tried again to read what could not be read. */
const READ_AGAIN_MS = 1_000;

/**
 * Cuts batches from the queue and sends them. With a spool, a batch is cut and written as soon as it is full or due, and may
 * then wait on disk; without, it is cut when it can be sent. A batch that fails goes back to the front; what the failure means
 * for the other batches, the gate decides.
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #cutter: Cutter;
  readonly #gate: Gate;
  readonly #abort = new AbortController();
  readonly #waiting: Waiting;
  readonly #inFlight = new Set<Batch>();
  readonly #waiters: FlushWaiters;
  #lastOrder = 0;
  #isRecoveredTurn = true;
  #pumpIsDue = false;
  #wakeAt = Number.POSITIVE_INFINITY;
  #cancelWake: (() => void) | undefined;
  #closed = false;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#cutter = new Cutter(options, options.limits, () => this.#pumpSoon());
    this.#waiting = new Waiting({
      held: this.#cutter.held,
      maxBatches: maxWaitingBatches(options.limits.maxQueueBytes),
      onRestored: (lost) => this.#restored(lost),
      onTrouble: (error) => {
        options.log.warn(`the spool cannot be read: ${errorText(error)}`);
        this.#wakeIn(READ_AGAIN_MS);
      },
    });
    this.#gate = new Gate({ random: options.random });
    this.#waiters = new FlushWaiters(options.clock);
  }

  /** Spans that have not left, and the bytes of them that are in memory. */
  get pending(): { readonly spans: number; readonly bytes: number } {
    return this.#cutter.pending;
  }

  /** Milliseconds that the oldest span has been held; 0 when none is. */
  get oldestMs(): number {
    let oldest = Math.min(this.#cutter.oldestAt, this.#waiting.oldestAt);
    for (const { at } of this.#inFlight) oldest = Math.min(oldest, at);
    return Number.isFinite(oldest) ? this.#options.clock.now() - oldest : 0;
  }

  /** Queues a span, or drops it with its reason. */
  add({ bytes, own, resource, scope, trace }: Omit<QueuedSpan, 'order' | 'at'>): void {
    const { clock, limits, onLeft, stats } = this.#options;
    // Field by field: this is done for every span, and a spread costs several times as much.
    const queued: QueuedSpan = { bytes, own, resource, scope, trace, at: clock.now(), order: this.#lastOrder + 1 };
    const reason = this.#closed ? 'after_shutdown' : this.#push(queued);
    if (reason !== undefined) {
      stats.drop(reason, 1);
      onLeft(queued);
      return;
    }
    this.#lastOrder += 1;
    if (this.#cutter.isFull) this.#pumpSoon();
    else if (this.#wakeAt > queued.at + limits.flushIntervalMs) this.#wakeIn(limits.flushIntervalMs);
  }

  /** Sends everything that is held now. Resolves when all of it has left, or it is hopeless, or after `timeoutMs`: then with true. */
  async flush(timeoutMs: number): Promise<boolean> {
    if (this.pending.spans === 0) return false;
    this.#gate.hurry(this.#options.clock.now());
    this.#pumpSoon();
    return await this.#waiters.wait(this.#lastOrder, timeoutMs);
  }

  /** Something new can be sent. */
  wake(): void {
    this.#pumpSoon();
  }

  /**
   * Sends nothing more. What is left goes to the spool, or is dropped for that reason. Synchronous.
   * Returns how many spans were left, and how many of them are lost.
   */
  close(reason: 'shutdown_deadline' | 'process_exit'): { readonly left: number; readonly lost: number } {
    const left = this.pending.spans;
    if (this.#closed) return { left: 0, lost: 0 };
    this.#closed = true;
    this.#cancelWake?.();
    this.#abort.abort();
    this.#options.spool?.endPause();
    const waiting = this.#waiting.takeAll();
    const batches = [...this.#inFlight, ...waiting.batches];
    this.#inFlight.clear();
    this.#options.stats.inFlight = 0;
    this.#options.stats.spooled += waiting.spooled;
    for (let batch = this.#cutter.cut(); batch; batch = this.#cutter.cut()) batches.push(batch);
    let lost = 0;
    for (const batch of batches) if (!this.#leaveToSpool(batch)) lost += this.#drop(batch, this.#full(reason));
    this.#waiters.resolveAll();
    return { left, lost };
  }

  /** Undefined when there was room; otherwise why there was none. */
  #push(span: QueuedSpan): DropReason | undefined {
    if (this.#cutter.push(span)) return undefined;
    // What memory has no room for, the disk may have.
    while (this.#cutter.canWrite && this.#cut());
    return this.#cutter.push(span) ? undefined : this.#full('queue_full');
  }

  /** Why there is no room, where the reason would otherwise be another. */
  #full(otherwise: DropReason): DropReason {
    return this.#options.spool?.isFull ? 'spool_full' : otherwise;
  }

  #pumpSoon(): void {
    if (this.#pumpIsDue || this.#closed) return;
    this.#pumpIsDue = true;
    this.#options.clock.soon(() => {
      this.#pumpIsDue = false;
      this.#pump();
    });
  }

  /** Wakes the pump after that time, or earlier if that was already agreed. */
  #wakeIn(ms: number): void {
    const { clock } = this.#options;
    const at = clock.now() + ms;
    if (this.#closed || this.#wakeAt <= at) return;
    this.#cancelWake?.();
    this.#wakeAt = at;
    this.#cancelWake = clock.after(ms, () => {
      this.#cancelWake = undefined;
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.#pump();
    });
  }

  /** Cuts and sends at most one batch, so that a turn of the event loop is never long; comes back for the next. */
  #pump(): void {
    if (this.#closed) return;
    const now = this.#options.clock.now();
    this.#waiting.restore();
    // What is written need not wait for the gate.
    if (this.#cutter.canWrite && this.#isDue(now)) {
      this.#cut();
      this.#pumpSoon();
    }
    const isOpen = this.#inFlight.size < this.#gate.allowance(now, this.#wantedInFlight());
    const batch = isOpen ? this.#next(now) : undefined;
    // One at a time always has; what is given back comes next, when a request is answered.
    const hasRoom = !batch || this.#inFlight.size === 0 || this.#cutter.hasRoomFor(batch);
    if (batch && !hasRoom) this.#waiting.giveBack([batch]);
    else if (batch) {
      this.#gate.sending();
      this.#inFlight.add(batch);
      void this.#send(batch);
      this.#pumpSoon();
      return;
    }
    const gateMs = this.#gate.waitMs(now);
    if (!isOpen && gateMs !== undefined && gateMs > 0) this.#wakeIn(gateMs);
    const dueInMs = isOpen || this.#cutter.canWrite ? this.#cutter.dueInMs(now) : undefined;
    if (dueInMs !== undefined) this.#wakeIn(dueInMs);
  }

  /** One request at a time while the server keeps up; more, the more is waiting. */
  #wantedInFlight(): number {
    const recovered = this.#options.spool?.hasRecovered ? 1 : 0;
    const more = Math.floor(this.#cutter.queuedBatches) + this.#waiting.length + recovered;
    return Math.min(this.#options.limits.maxInFlight, 1 + more);
  }

  /** What failed comes first; then what is new and what an earlier process has left, by turns. */
  #next(now: number): Batch | undefined {
    if (this.#waiting.hasReturned) return this.#waiting.take();
    const hasRecovered = this.#options.spool?.hasRecovered === true;
    if (hasRecovered && this.#isRecoveredTurn && this.#waiters.size === 0) return this.#recovered(now);
    if (this.#waiting.length === 0 && this.#isDue(now)) this.#cut();
    this.#isRecoveredTurn = true;
    return this.#waiting.take() ?? this.#recovered(now);
  }

  #recovered(now: number): Batch | undefined {
    this.#isRecoveredTurn = false;
    return this.#cutter.recovered(now);
  }

  #isDue(now: number): boolean {
    return this.#cutter.isDue(now, this.#waiters.size > 0);
  }

  /** False when nothing is queued. */
  #cut(): boolean {
    const batch = this.#cutter.cut();
    if (batch) this.#waiting.add(batch);
    return batch !== undefined;
  }

  async #send(batch: Batch): Promise<void> {
    let result: SendResult | 'damaged' | 'gone';
    let bytes: Buffer = Buffer.alloc(0);
    const { stats } = this.#options;
    const ownSpans = batch.origin === 'earlier_process' ? 0 : batch.count;
    stats.inFlight += ownSpans;
    try {
      const body = await batch.body();
      if (body.kind === 'bytes') {
        bytes = body.bytes;
        result = await this.#options.transport.send(bytes, this.#abort.signal);
      } else if (body.kind === 'unencodable') {
        result = { status: 'refused', message: `the request could not be made: ${body.message}` };
      } else result = body.kind;
    } catch (error) {
      result = {
        status: 'retryable',
        afterMs: undefined,
        message: `the spool cannot be read now: ${errorText(error)}`,
      };
    }
    // `close` has taken it over.
    if (!this.#inFlight.delete(batch)) return;
    stats.inFlight -= ownSpans;
    if (typeof result === 'string') this.#settleUnread(batch, result);
    else this.#settle(batch, bytes, result);
    this.#resolveWaiters();
    this.#pumpSoon();
  }

  #settle(batch: Batch, body: Buffer, result: SendResult): void {
    const { clock, log, stats } = this.#options;
    const now = clock.now();
    switch (result.status) {
      case 'accepted': {
        this.#gate.answered();
        const { count } = batch;
        const rejected = Math.min(result.rejectedSpans, count);
        batch.done();
        if (batch.origin === 'earlier_process') stats.recovered += count - rejected;
        else stats.delivered += count - rejected;
        stats.lastDeliveredAtMs = clock.wallNow();
        this.#count(batch, 'rejected', rejected);
        if (rejected > 0) {
          log.warn(`the server rejected ${counted(rejected, 'span')}: ${result.message ?? 'no reason given'}`);
        } else if (result.message !== undefined) log.warn(`the server says: ${result.message}`);
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
          `${result.message}. If the keys are missing or wrong, set POWERRAG_PUBLIC_KEY and POWERRAG_SECRET_KEY ` +
            'to those of the server. Spans are kept, and tried again each minute.',
        );
        this.#giveBack(batch, now);
        this.#waiters.resolveAll();
        return;
      case 'too_large':
        this.#gate.answered();
        this.#split(batch, body, result.message);
        return;
      case 'refused':
        this.#gate.answered();
        log.warn(`${counted(batch.count, 'span')} refused and lost: ${result.message}`);
        this.#drop(batch, 'refused', result.statusCode);
        return;
    }
  }

  /** The spool could not give back what was written. The endpoint has seen nothing of it. */
  #settleUnread(batch: Batch, why: 'damaged' | 'gone'): void {
    this.#gate.notSent();
    if (why === 'damaged') {
      this.#tellDamage(batch.count);
      this.#drop(batch, 'corrupt');
      return;
    }
    if (batch.origin === 'spool') this.#options.stats.spooled += batch.count;
    batch.leave();
  }

  /** Batches have come back from disk. */
  #restored(lost: Lost | undefined): void {
    const { stats } = this.#options;
    if (lost?.why === 'gone') stats.spooled += lost.spans;
    else if (lost) {
      this.#tellDamage(lost.spans);
      stats.drop('corrupt', lost.spans);
    }
    this.#resolveWaiters();
    this.#pumpSoon();
  }

  #tellDamage(spans: number): void {
    const { log, stats } = this.#options;
    stats.corrupt += 1;
    log.warn(`${counted(spans, 'span')} lost: this part of the spool cannot be read back.`);
  }

  /** Halves go out on their own; a single span that is too large is lost. */
  #split(batch: Batch, body: Buffer, message: string): void {
    const halves = batch.halves(body);
    if (halves) {
      this.#waiting.giveBack(halves);
      return;
    }
    this.#options.log.warn(`a span was too large for the server and is lost: ${message}`);
    this.#drop(batch, 'span_too_large');
  }

  #giveBack(batch: Batch, now: number): void {
    const { count } = batch;
    const tooOld = batch.expire(now - this.#options.limits.maxAgeMs);
    if (tooOld === count) batch.done();
    else this.#waiting.giveBack([batch]);
    this.#count(batch, 'too_old', tooOld);
  }

  /** Whether the batch is on disk, for another process to send. */
  #leaveToSpool(batch: Batch): boolean {
    const stored = this.#cutter.stored(batch);
    if (stored.origin === 'memory') return false;
    if (stored.origin === 'spool') this.#options.stats.spooled += stored.count;
    stored.leave();
    return true;
  }

  /** Returns how many spans that were. */
  #drop(batch: Batch, reason: DropReason, statusCode?: number): number {
    const { count } = batch;
    batch.done();
    this.#count(batch, reason, count, statusCode);
    return count;
  }

  /** Last, since the application is told, and may look at the other counts: the spans are no longer pending by then. */
  #count(batch: Batch, reason: DropReason, count: number, statusCode?: number): void {
    const { stats } = this.#options;
    if (batch.origin === 'earlier_process') stats.dropRecovered(reason, count, statusCode);
    else stats.drop(reason, count, statusCode);
  }

  #resolveWaiters(): void {
    if (this.#waiters.size === 0) return;
    let first = Math.min(this.#cutter.firstOrder, this.#waiting.firstOrder);
    for (const { order } of this.#inFlight) first = Math.min(first, order);
    this.#waiters.resolveBefore(first);
  }
}
