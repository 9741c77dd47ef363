import type { Clock } from '../base/clock.js';
import { counted } from '../base/counted.js';
import type { SendResult } from '../base/send-result.js';
import type { UnreadableSpans } from '../queue/backlog.js';
import type { Batch } from '../queue/batch.js';
import type { Log } from '../report/log.js';
import type { DropReason, Stats } from '../report/stats.js';
import type { SenderParts } from './pump.js';
import { Reachability } from './reachability.js';

export interface OutcomesOptions {
  readonly stats: Stats;
  readonly log: Log;
  readonly clock: Clock;
  /** As `SenderLimits.maxAgeMs`. */
  readonly maxAgeMs: number;
}

/** What becomes of a batch: what an answer, an unreadable spool or the end of the process means for it, the gate and the counts. */
export class Outcomes {
  readonly #parts: Pick<SenderParts, 'gate' | 'spooler' | 'waiters' | 'waiting'>;
  readonly #options: OutcomesOptions;
  readonly reachability = new Reachability();

  constructor(parts: Pick<SenderParts, 'gate' | 'spooler' | 'waiters' | 'waiting'>, options: OutcomesOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /** The request of the batch has ended. */
  answered(batch: Batch, body: Buffer, result: SendResult): void {
    const { gate, waiters } = this.#parts;
    const { clock, log, stats } = this.#options;
    const now = clock.now();
    this.reachability.requestEnded(result);
    switch (result.status) {
      case 'accepted':
        gate.answered();
        this.#accepted(batch, result);
        return;
      case 'retryable':
        stats.retries += 1;
        gate.failed(now, result.afterMs, waiters.size > 0);
        // At the end of the process, the line that says what became of the spans says this, too.
        if (!waiters.isAtExit || !this.reachability.unreachable) {
          log.warn(`spans could not be sent and are kept: ${result.message}`);
        }
        this.#retryLater(batch, now);
        return;
      case 'unauthorized':
        gate.unauthorized(now);
        log.warn(
          `${result.message}. If the keys are missing or wrong, set POWERRAG_PUBLIC_KEY and POWERRAG_SECRET_KEY ` +
            'to those of the server. Spans are kept and retried each minute.',
        );
        this.#retryLater(batch, now);
        waiters.resolveAll();
        return;
      case 'too_large':
        gate.answered();
        this.#split(batch, body, result.message);
        return;
      case 'refused':
        gate.answered();
        log.warn(`${counted(batch.count, 'span')} refused and dropped: ${result.message}`);
        this.drop(batch, 'refused', result.statusCode);
        return;
    }
  }

  /** The body of the batch could not be read, so nothing was sent. */
  batchUnreadable(batch: Batch, why: 'damaged' | 'taken_over'): void {
    this.#parts.gate.notSent();
    if (why === 'damaged') {
      this.#reportDamage(batch.count);
      this.drop(batch, 'corrupt');
      return;
    }
    if (batch.origin === 'spool') this.#options.stats.spooled += batch.count;
    batch.release();
  }

  /** Spans of the backlog could not be read back. */
  unreadable({ spans, why }: UnreadableSpans): void {
    const { stats } = this.#options;
    if (why === 'taken_over') {
      stats.spooled += spans;
      return;
    }
    this.#reportDamage(spans);
    stats.drop('corrupt', spans);
  }

  /** Leaves the batch in the spool for another process to send. Returns false when it is in memory only. */
  leaveInSpool(batch: Batch): boolean {
    const written = this.#parts.spooler.write(batch);
    if (written.origin === 'memory') return false;
    if (written.origin === 'spool') this.#options.stats.spooled += written.count;
    written.release();
    return true;
  }

  /** Drops the batch and returns its number of spans. */
  drop(batch: Batch, reason: DropReason, statusCode?: number): number {
    const { count } = batch;
    batch.finish();
    this.#countDropped(batch, reason, count, statusCode);
    return count;
  }

  #accepted(batch: Batch, result: SendResult & { readonly status: 'accepted' }): void {
    const { clock, log, stats } = this.#options;
    const { count } = batch;
    const rejected = Math.min(result.rejectedSpans, count);
    batch.finish();
    if (batch.origin === 'earlier_process') stats.recovered += count - rejected;
    else stats.delivered += count - rejected;
    stats.lastDeliveredAtMs = clock.wallNow();
    this.#countDropped(batch, 'rejected', rejected);
    if (rejected > 0) {
      log.warn(`the server rejected ${counted(rejected, 'span')}: ${result.message ?? 'no reason given'}`);
    } else if (result.message !== undefined) log.warn(`the server says: ${result.message}`);
  }

  /** Sends the halves separately; a single span that is too large is dropped. */
  #split(batch: Batch, body: Buffer, message: string): void {
    const halves = batch.halves(body);
    if (halves) {
      this.#parts.waiting.putBack(halves);
      return;
    }
    this.#options.log.warn(`a span was too large for the server and is dropped: ${message}`);
    this.drop(batch, 'span_too_large');
  }

  #retryLater(batch: Batch, now: number): void {
    const { count } = batch;
    const tooOld = batch.expire(now - this.#options.maxAgeMs);
    if (tooOld === count) batch.finish();
    else this.#parts.waiting.putBack([batch]);
    this.#countDropped(batch, 'too_old', tooOld);
  }

  #reportDamage(spans: number): void {
    const { log, stats } = this.#options;
    stats.corrupt += 1;
    log.warn(`${counted(spans, 'span')} dropped: this part of the spool cannot be read back.`);
  }

  /** Call this last: it calls the application, which may look at the other counts. */
  #countDropped(batch: Batch, reason: DropReason, count: number, statusCode?: number): void {
    const { stats } = this.#options;
    if (batch.origin === 'earlier_process') stats.dropRecovered(reason, count, statusCode);
    else stats.drop(reason, count, statusCode);
  }
}
