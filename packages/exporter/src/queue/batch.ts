import type { Unreadable } from '../spool/journal/batch-record.js';

/** Spans that travel in one request. */
export interface Batch {
  /** Position of its first span among all queued spans; Infinity for a batch of an earlier process. `flush` waits by it. */
  readonly order: number;
  /** Clock time at which its first span was queued; Infinity for a batch of an earlier process. */
  readonly at: number;
  /** Number of spans. */
  readonly count: number;
  /** Whether it is in memory only, or in the spool of this or an earlier process. */
  readonly origin: 'memory' | 'spool' | 'earlier_process';
  /** Bytes that `body` will read into memory. */
  readonly bytesToLoad: number;
  /** The body of its request. Rejects when reading it may work later; never throws otherwise. */
  body(): Promise<Body>;
  /** Removes the spans queued before this clock time and returns their number. The batch may be empty afterwards. */
  expire(before: number): number;
  /** Two halves that replace it; undefined when it has one span or cannot be split. */
  halves(body: Buffer): readonly [Batch, Batch] | undefined;
  /** Finished: frees its memory and acknowledges it in the spool. */
  finish(): void;
  /** Frees its memory. Unlike `finish`, a spooled batch stays in the spool. */
  release(): void;
}

export type Body =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'unencodable'; readonly message: string }
  | { readonly kind: Unreadable };
