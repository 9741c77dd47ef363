import { counted } from '../base/counted.js';
import { ignoreRejection } from '../base/ignore-rejection.js';
import type { RateLimitedLog } from './log.js';

/** Why a span will not arrive at the server. */
export type DropReason =
  /** The queue was full. */
  | 'queue_full'
  /** The span was too large even with its texts cut. */
  | 'span_too_large'
  /** Encoding or masking the span failed; it is never sent unmasked. */
  | 'encode_failed'
  /** The server took the request but not this span (partial success). */
  | 'rejected'
  /** The server answered with a status that must not be retried. */
  | 'refused'
  /** A request with the span failed when it was older than `maxAgeMs`. */
  | 'too_old'
  /** Both memory and the spool were full. */
  | 'spool_full'
  /** The span could not be read back from the spool. */
  | 'corrupt'
  /** The span was still pending at the end of shutdown: at its deadline, or because the server did not accept the keys. */
  | 'shutdown_deadline'
  /** The process ended before it was sent. */
  | 'process_exit'
  /** The span ended after shutdown. */
  | 'after_shutdown';

/** What became of every span that ended: `ended` = `delivered` + `spooled` + all of `dropped` + `pending` + `held` + `sampledOut`. */
export interface ExporterStats {
  /** Sampled spans that ended and passed the filter. */
  readonly ended: number;
  /** Spans that the server accepted. */
  readonly delivered: number;
  /** Spans left in the spool for another process to send. */
  readonly spooled: number;
  /** Spans of earlier processes in the spool that this process delivered. Not part of the sum above. */
  readonly recovered: number;
  /** Spans of earlier processes in the spool that this process dropped. Not part of the sum above. */
  readonly recoveredDropped: number;
  /** Bytes on disk in the spool that belong to this process. */
  readonly spoolBytes: number;
  /** Places in the spool that could not be read: incomplete or damaged records. */
  readonly corrupt: number;
  /** Spans that are queued, waiting or in flight, in memory or in the spool. */
  readonly pending: number;
  /** Spans of `pending` in requests that are not finished. */
  readonly inFlight: number;
  /** Memory of `pending` spans: their bytes, and 256 for each. At most `maxQueueBytes`. */
  readonly pendingBytes: number;
  /** Milliseconds since the oldest `pending` span ended; 0 if none is pending. Grows while the server cannot be reached. */
  readonly oldestPendingMs: number;
  /** Spans that will not arrive, by reason. */
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** Spans of `dropped.refused`, by the status code of the server's answer. */
  readonly refusedByStatus: Readonly<Record<number, number>>;
  /**
   * Observations that were not recorded, and spans of others that were recorded only, because a sampler or an unsampled parent
   * decided so. Not part of `ended`.
   */
  readonly unsampled: number;
  /** Spans of sessions that `sampling` leaves out. */
  readonly sampledOut: number;
  /** Spans of `sampledOut` that could not wait for an error in their session, because others needed `maxHeldBytes`. */
  readonly sampledOutEarly: number;
  /** Spans that wait until it is known whether `sampling` sends their session. */
  readonly held: number;
  /** Memory of `held` spans: their bytes, and 256 for each. At most `sampling.maxHeldBytes`. */
  readonly heldBytes: number;
  /**
   * Spans that were not watched to their end, because too many were open, or they held more than `maxQueueBytes`. If they end, they
   * are sent; what is set on them late does not reach other spans of their trace.
   */
  readonly unwatched: number;
  /** Spans whose texts were cut to `maxSpanBytes`. */
  readonly truncated: number;
  /** Requests that failed and were sent again at once, or whose spans were kept for a retry. */
  readonly retries: number;
  /** Time of the last request that the server accepted, in Unix milliseconds; undefined before the first. */
  readonly lastDeliveredAtMs: number | undefined;
}

/** Receives the reason, the number of dropped spans and, if the server refused them, the status code of its answer. */
export type OnDrop = (reason: DropReason, count: number, statusCode: number | undefined) => void;

/** What is pending now. */
export interface Pending {
  readonly spans: number;
  readonly bytes: number;
  /** Age of the oldest span in milliseconds. Default 0. */
  readonly oldestMs?: number;
  /** Bytes in the spool. Default 0. */
  readonly spoolBytes?: number;
  /** What waits for a decision of `sampling`. Default: nothing. */
  readonly held?: { readonly spans: number; readonly bytes: number };
}

/** Drops that no failed request announces, with the text that the log adds to their number. */
const LOGGED_DROPS: readonly (readonly [reason: DropReason, cause: string])[] = [
  [
    'queue_full',
    'the queue was full. Check that the server can be reached and is fast enough, or raise maxQueueBytes.',
  ],
  ['too_old', 'the server could not be reached within maxAgeMs.'],
  ['spool_full', 'memory (maxQueueBytes) and spool (maxSpoolBytes) were full.'],
  ['shutdown_deadline', 'still pending when shutdown() ended.'],
  ['after_shutdown', 'they ended after shutdown().'],
];

/** Counts what becomes of spans. */
export class Stats {
  ended = 0;
  delivered = 0;
  spooled = 0;
  recovered = 0;
  recoveredDropped = 0;
  corrupt = 0;
  unsampled = 0;
  sampledOut = 0;
  sampledOutEarly = 0;
  unwatched = 0;
  truncated = 0;
  retries = 0;
  inFlight = 0;
  lastDeliveredAtMs: number | undefined;
  readonly #dropped = new Map<DropReason, number>();
  readonly #refused = new Map<number, number>();
  readonly #onDrop: OnDrop | undefined;
  readonly #log: Pick<RateLimitedLog, 'warnOften'> | undefined;
  /** Created once, because a full queue may drop every span. */
  readonly #messages: ReadonlyMap<DropReason, () => string>;

  constructor(onDrop?: OnDrop, log?: Pick<RateLimitedLog, 'warnOften'>) {
    this.#onDrop = onDrop;
    this.#log = log;
    this.#messages = new Map(
      LOGGED_DROPS.map(([reason, cause]) => [
        reason,
        () => `${counted(this.#dropped.get(reason) ?? 0, 'span')} dropped so far: ${cause}`,
      ]),
    );
  }

  drop(reason: DropReason, count: number, statusCode?: number): void {
    if (count <= 0) return;
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + count);
    if (statusCode !== undefined) this.#refused.set(statusCode, (this.#refused.get(statusCode) ?? 0) + count);
    const message = this.#messages.get(reason);
    if (message) this.#log?.warnOften(reason, message);
    this.#callOnDrop(reason, count, statusCode);
  }

  /** Counts dropped spans of an earlier process, which are not among `ended`. */
  dropRecovered(reason: DropReason, count: number, statusCode?: number): void {
    if (count <= 0) return;
    this.recoveredDropped += count;
    this.#callOnDrop(reason, count, statusCode);
  }

  #callOnDrop(reason: DropReason, count: number, statusCode: number | undefined): void {
    try {
      ignoreRejection(this.#onDrop?.(reason, count, statusCode));
    } catch {
      // An error of the application must not stop the sender.
    }
  }

  get droppedTotal(): number {
    let total = 0;
    for (const count of this.#dropped.values()) total += count;
    return total;
  }

  /** The counts, and what is pending now. */
  snapshot(pending: Pending): ExporterStats {
    const count = (reason: DropReason): number => this.#dropped.get(reason) ?? 0;
    return {
      ended: this.ended,
      delivered: this.delivered,
      spooled: this.spooled,
      recovered: this.recovered,
      recoveredDropped: this.recoveredDropped,
      spoolBytes: pending.spoolBytes ?? 0,
      corrupt: this.corrupt,
      pending: pending.spans,
      inFlight: this.inFlight,
      pendingBytes: pending.bytes,
      oldestPendingMs: pending.oldestMs ?? 0,
      dropped: dropCounts(count),
      refusedByStatus: Object.fromEntries(this.#refused),
      unsampled: this.unsampled,
      sampledOut: this.sampledOut,
      sampledOutEarly: this.sampledOutEarly,
      held: pending.held?.spans ?? 0,
      heldBytes: pending.held?.bytes ?? 0,
      unwatched: this.unwatched,
      truncated: this.truncated,
      retries: this.retries,
      lastDeliveredAtMs: this.lastDeliveredAtMs,
    };
  }
}

function dropCounts(count: (reason: DropReason) => number): Record<DropReason, number> {
  return {
    queue_full: count('queue_full'),
    span_too_large: count('span_too_large'),
    encode_failed: count('encode_failed'),
    rejected: count('rejected'),
    refused: count('refused'),
    too_old: count('too_old'),
    spool_full: count('spool_full'),
    corrupt: count('corrupt'),
    shutdown_deadline: count('shutdown_deadline'),
    process_exit: count('process_exit'),
    after_shutdown: count('after_shutdown'),
  };
}
