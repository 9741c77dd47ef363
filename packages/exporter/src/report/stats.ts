import { counted } from '../base/counted.js';
import { ignoreRejection } from '../base/ignore-rejection.js';
import type { RateLimitedLog } from './log.js';

/** Why a span did not, and will not, reach the server. */
export type DropReason =
  /** The queue held its maximum of bytes. */
  | 'queue_full'
  /** The span could not be made small enough. */
  | 'span_too_large'
  /** Encoding or masking the span failed; it is never sent unmasked. */
  | 'encode_failed'
  /** The server took the request but not this span (partial success). */
  | 'rejected'
  /** The server answered with a status that must not be retried. */
  | 'refused'
  /** A request with it failed when it had waited longer than the configured age. */
  | 'too_old'
  /** Neither memory nor the spool, which held its maximum of bytes, had room for it. */
  | 'spool_full'
  /** What the spool held of it could not be read back. */
  | 'corrupt'
  /** It was still waiting when shutdown ended: at its deadline, or since the server did not accept the keys. */
  | 'shutdown_deadline'
  /** The process ended before it was sent. */
  | 'process_exit'
  /** It ended after shutdown. */
  | 'after_shutdown';

/** What has become of every span that ended: `ended` = `delivered` + `spooled` + all of `dropped` + `pending`. */
export interface ExporterStats {
  /** Sampled spans that ended and passed the filter. */
  readonly ended: number;
  /** The server has them. */
  readonly delivered: number;
  /** Left in the spool for another process to send. */
  readonly spooled: number;
  /** Spans that an earlier process had left in the spool, and this one has delivered. Not part of that sum. */
  readonly recovered: number;
  /** Spans that an earlier process had left in the spool, and that were lost after all. Not part of the sum above. */
  readonly recoveredDropped: number;
  /** Bytes on disk that this process holds in the spool. */
  readonly spoolBytes: number;
  /** Places in the spool that could not be read: torn ends and damaged records. */
  readonly corrupt: number;
  /** Queued, in flight, or waiting to be sent, in memory or in the spool. */
  readonly pending: number;
  /** Those of `pending` that are on their way in a request, or are answered just now. */
  readonly inFlight: number;
  /** Bytes of `pending` spans that are in memory, 256 for each beside its own; `maxQueueBytes` bounds them. */
  readonly pendingBytes: number;
  /** Milliseconds since the oldest of the `pending` spans ended; 0 when there is none. Grows while the server is out of reach. */
  readonly oldestPendingMs: number;
  /** Spans that will not arrive, by the reason of their loss. */
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** Those of `dropped.refused` that the server has answered, by the status code of its answer. */
  readonly refusedByStatus: Readonly<Record<number, number>>;
  /**
   * Observations that were not recorded, and spans of others that were recorded only, since a sampler or an unsampled parent decided
   * so. Not part of `ended`.
   */
  readonly unsampled: number;
  /** Spans that were cut to the largest size allowed, and sent. */
  readonly truncated: number;
  /** Requests that failed in a way that may pass, and whose spans were sent again at once or kept to be sent again. */
  readonly retries: number;
  /** Unix milliseconds of the last request that the server accepted; undefined before the first. */
  readonly lastDeliveredAtMs: number | undefined;
}

/** Told of a loss: its reason, how many spans, and, where they were refused with an answer, its status code. */
export type OnDrop = (reason: DropReason, count: number, statusCode: number | undefined) => void;

/** What is held now, as the sender knows it. */
export interface Held {
  readonly spans: number;
  readonly bytes: number;
  /** Milliseconds that the oldest span has been held. Default 0. */
  readonly oldestMs?: number;
}

/** Losses that happen without a request, and of which nobody else tells: what to say beside their number. */
const LOSSES: readonly (readonly [reason: DropReason, cause: string])[] = [
  [
    'queue_full',
    'more waited than maxQueueBytes allows. Look whether the server is reachable and fast enough, or allow more.',
  ],
  ['too_old', 'the server could not be reached within maxAgeMs.'],
  ['spool_full', 'neither maxQueueBytes of memory nor maxSpoolBytes of the spool had room.'],
  ['shutdown_deadline', 'still waiting when shutdown() ended.'],
  ['after_shutdown', 'ended after shutdown().'],
];

/** Keeps the counts. */
export class Stats {
  ended = 0;
  delivered = 0;
  spooled = 0;
  recovered = 0;
  recoveredDropped = 0;
  spoolBytes = 0;
  corrupt = 0;
  unsampled = 0;
  truncated = 0;
  retries = 0;
  inFlight = 0;
  lastDeliveredAtMs: number | undefined;
  readonly #dropped = new Map<DropReason, number>();
  readonly #refused = new Map<number, number>();
  readonly #onDrop: OnDrop | undefined;
  readonly #log: Pick<RateLimitedLog, 'warnOften'> | undefined;
  /** Made once: what the queue has no room for may come with every span. */
  readonly #messages: ReadonlyMap<DropReason, () => string>;

  constructor(onDrop?: OnDrop, log?: Pick<RateLimitedLog, 'warnOften'>) {
    this.#onDrop = onDrop;
    this.#log = log;
    this.#messages = new Map(
      LOSSES.map(([reason, cause]) => [
        reason,
        () => `${counted(this.#dropped.get(reason) ?? 0, 'span')} lost so far: ${cause}`,
      ]),
    );
  }

  drop(reason: DropReason, count: number, statusCode?: number): void {
    if (count <= 0) return;
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + count);
    if (statusCode !== undefined) this.#refused.set(statusCode, (this.#refused.get(statusCode) ?? 0) + count);
    const message = this.#messages.get(reason);
    if (message) this.#log?.warnOften(reason, message);
    this.#tell(reason, count, statusCode);
  }

  /** Spans of an earlier process, which this one has not counted as ended. */
  dropRecovered(reason: DropReason, count: number, statusCode?: number): void {
    if (count <= 0) return;
    this.recoveredDropped += count;
    this.#tell(reason, count, statusCode);
  }

  #tell(reason: DropReason, count: number, statusCode: number | undefined): void {
    try {
      ignoreRejection(this.#onDrop?.(reason, count, statusCode));
    } catch {
      // The application's own hook; its error is not ours to report, and must not stop the sender.
    }
  }

  get droppedTotal(): number {
    let total = 0;
    for (const count of this.#dropped.values()) total += count;
    return total;
  }

  snapshot(pending: Held): ExporterStats {
    const count = (reason: DropReason): number => this.#dropped.get(reason) ?? 0;
    return {
      ended: this.ended,
      delivered: this.delivered,
      spooled: this.spooled,
      recovered: this.recovered,
      recoveredDropped: this.recoveredDropped,
      spoolBytes: this.spoolBytes,
      corrupt: this.corrupt,
      pending: pending.spans,
      inFlight: this.inFlight,
      pendingBytes: pending.bytes,
      oldestPendingMs: pending.oldestMs ?? 0,
      dropped: dropCounts(count),
      refusedByStatus: Object.fromEntries(this.#refused),
      unsampled: this.unsampled,
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
