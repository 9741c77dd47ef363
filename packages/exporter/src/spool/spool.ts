import type { Clock } from '../base/clock.js';
import type { Log } from '../report/log.js';
import type { Stats } from '../report/stats.js';
import { Adoption } from './adoption.js';
import { SpoolDirectory } from './directory/directory.js';
import { type Holder, newOrigin, thisHolder } from './directory/owner.js';
import { type BatchRecord, JournalRecord } from './journal/batch-record.js';
import { Journal, type RecordPosition } from './journal/journal.js';
import { ACK_BYTES, RECORD_HEADER_BYTES } from './segment/format.js';
import type { SpoolFiles } from './segment/segment-writer.js';

/**
 * When written batches are synced to disk, to survive a power failure: within half a second, before a batch is sent, or when the
 * system does it. With each of them, written batches survive the end of the process, even by `kill -9`.
 */
export type SpoolSync = 'interval' | 'batch' | 'none';

export interface SpoolOptions {
  readonly directory: string;
  /**
   * Most bytes on disk, including those of other processes in the directory. What these write is read before each new segment
   * and every ten seconds, so each of them may exceed the limit by one segment.
   */
  readonly maxBytes: number;
  readonly sync: SpoolSync;
  readonly stats: Stats;
  readonly log: Log;
  readonly clock: Clock;
  readonly files?: SpoolFiles;
}

const MAX_SEGMENT_BYTES = 8 * 1024 * 1024;
const SYNC_INTERVAL_MS = 500;
const HEARTBEAT_MS = 10_000;
/** Pause after a failed write. */
const PAUSE_MS = 30_000;
/** Tries to write when another process takes over the journal in the meantime. More often, something else is wrong. */
const MAX_TRIES = 3;

/** The queue on disk: the journal of this process, and journals adopted from ended processes. Only the constructor throws. */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #directory: SpoolDirectory;
  readonly #holder: Holder = thisHolder();
  readonly #adoption: Adoption;
  #own: Journal | undefined;
  #hasAppended = false;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #isFull = false;
  #onReady: () => void = () => {};
  #cancelSync: (() => void) | undefined;
  #cancelHeartbeat: (() => void) | undefined;
  #isClosed = false;

  /** @throws when the directory cannot be used. */
  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#directory = new SpoolDirectory(options.directory);
    const { clock, log, stats } = options;
    this.#adoption = new Adoption({
      directory: this.#directory,
      holder: this.#holder,
      open: (journal) => this.#open(journal),
      onReady: () => this.#onReady(),
      onDamage: () => {
        stats.corrupt += 1;
        log.warn('a record in the spool is damaged and skipped.');
      },
      clock,
      log,
    });
  }

  /**
   * Starts the heartbeat, and the search for journals to adopt.
   * @param onRecovered called when a batch of an earlier process can be taken. Default: no journal is adopted.
   */
  start(onRecovered?: () => void): void {
    if (onRecovered) this.#onReady = onRecovered;
    const beat = async (): Promise<void> => {
      if (this.#isClosed) return;
      await this.#touch();
      if (onRecovered && !this.#isClosed) await this.#adoption.look();
      if (this.#isClosed) return;
      this.#cancelHeartbeat = this.#options.clock.after(HEARTBEAT_MS, () => void beat());
    };
    this.#options.clock.soon(() => void beat());
  }

  /** Whether `append` would try to write a batch now. */
  get isUsable(): boolean {
    return !this.#isClosed && !this.isFull && this.#options.clock.now() >= this.#pausedUntil;
  }

  /** Whether the directory holds its maximum of bytes. */
  get isFull(): boolean {
    // Reset only below 95 %, so that it does not switch back and forth.
    if (this.#isFull && this.#bytesNeeded < this.#options.maxBytes * 0.95) this.#isFull = false;
    return this.#isFull;
  }

  /** Bytes on disk that belong to this process. */
  get bytes(): number {
    let bytes = this.#own?.bytes ?? 0;
    for (const journal of this.#adoption.journals) bytes += journal.bytes;
    return bytes;
  }

  /** Writes a batch. Undefined when it cannot, which is logged. */
  append(body: Buffer, spans: number): BatchRecord | undefined {
    if (this.#isClosed || this.#options.clock.now() < this.#pausedUntil || !this.#hasRoomFor(body)) return undefined;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      try {
        const stored = this.#write(body, spans);
        if (stored) return stored;
      } catch (error) {
        const own = this.#own;
        if (own === undefined || own.isOurs) {
          this.#fail(error);
          return undefined;
        }
        // Another process has taken over the journal, so no new segment could be created in it.
        this.#takenOver(own);
      }
    }
    return undefined;
  }

  /** Ends the pause after a failed write, because the process is ending and there is no later time to try. */
  endPause(): void {
    this.#pausedUntil = Number.NEGATIVE_INFINITY;
  }

  /** Whether there is a batch of an earlier process. */
  get hasRecovered(): boolean {
    return this.#adoption.isReady;
  }

  /** The next batch of an earlier process. */
  takeRecovered(): BatchRecord | undefined {
    return this.#adoption.take();
  }

  /** Stops writing, and leaves unacknowledged batches to the next process. Synchronous. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelSync?.();
    this.#cancelHeartbeat?.();
    try {
      if (this.#options.sync !== 'none' && (this.#own?.outstanding ?? 0) > 0) this.#own?.syncNow();
    } catch (error) {
      this.#options.log.last(`the spool could not be synced: ${String(error)}`);
    }
    this.#own?.release();
    this.#adoption.stop();
  }

  #write(body: Buffer, spans: number): BatchRecord | undefined {
    this.#own ??= this.#create();
    const own = this.#own;
    const place = own.append(body, spans);
    if (this.#options.sync === 'batch') this.#syncNow(own, place);
    // Checked after the write: a process that takes over the journal later also reads this batch.
    if (!own.isOurs) {
      this.#takenOver(own);
      return undefined;
    }
    this.#hasAppended = true;
    if (this.#options.sync === 'interval') this.#syncLater();
    return new JournalRecord(own, place);
  }

  /** @throws what the file system throws. The batch then stays in memory, and its record is discarded. */
  #syncNow(own: Journal, { segment }: RecordPosition): void {
    try {
      own.syncNow();
    } catch (error) {
      own.discard(segment, 1);
      throw error;
    }
  }

  #create(): Journal {
    const origin = newOrigin(this.#options.clock.wallNow());
    return this.#open({ origin, path: this.#directory.create({ origin, holder: this.#holder }) });
  }

  #open(journal: { readonly origin: string; readonly path: string }): Journal {
    const { clock, files, maxBytes, sync } = this.#options;
    return new Journal({
      ...journal,
      directory: this.#directory,
      clock,
      files,
      maxSegmentBytes: Math.min(MAX_SEGMENT_BYTES, Math.ceil(maxBytes / 8)),
      onSyncError: sync === 'none' ? undefined : (error) => this.#fail(error),
    });
  }

  /** Bytes in the directory, and bytes that acknowledgements will need. */
  get #bytesNeeded(): number {
    let outstanding = this.#own?.outstanding ?? 0;
    for (const journal of this.#adoption.journals) outstanding += journal.outstanding;
    return this.bytes + this.#adoption.bytesBeside(this.#own) + outstanding * ACK_BYTES;
  }

  #hasRoomFor(body: Buffer): boolean {
    const { log, maxBytes } = this.#options;
    // Measures what other processes have written before each new segment.
    if (this.#own?.isFullFor(body) ?? true) this.#adoption.measure();
    if (this.#bytesNeeded + RECORD_HEADER_BYTES + body.length + ACK_BYTES <= maxBytes) return true;
    this.#isFull = true;
    log.warn(`the spool holds its maximum of ${maxBytes} bytes; spans are kept in memory only.`);
    return false;
  }

  #fail(error: unknown): void {
    const { clock, log } = this.#options;
    this.#pausedUntil = clock.now() + PAUSE_MS;
    // The state of the file after a failed write or sync is unknown.
    this.#ignoringErrors(() => this.#own?.closeSegment());
    log.warn(`the spool cannot be written, so spans are kept in memory only: ${String(error)}`);
  }

  /** Another process considered this one ended, and has taken over its journal. */
  #takenOver(own: Journal): void {
    if (this.#own === own) this.#own = undefined;
    this.#ignoringErrors(() => own.closeSegment());
  }

  #ignoringErrors(act: () => void): void {
    try {
      act();
    } catch {
      // The file system has failed already.
    }
  }

  #syncLater(): void {
    this.#cancelSync ??= this.#options.clock.after(SYNC_INTERVAL_MS, () => {
      this.#cancelSync = undefined;
      this.#own?.sync((error) => this.#fail(error));
    });
  }

  async #touch(): Promise<void> {
    const own = this.#own;
    if (own && !this.#hasAppended && own.outstanding === 0) {
      // Nothing is written any more and everything was sent, so the files are removed.
      this.#own = undefined;
      own.release();
    }
    this.#hasAppended = false;
    for (const journal of [this.#own, ...this.#adoption.journals]) {
      if (!journal) continue;
      await journal.touch().catch(() => {
        if (journal.isOurs) return;
        if (journal === this.#own) this.#takenOver(journal);
        else this.#adoption.takenOver(journal);
      });
    }
  }
}
