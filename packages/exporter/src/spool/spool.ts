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
 * When what was written is also made to survive a loss of power: within half a second, before a batch is sent, or whenever
 * the system gets round to it. The death of a process, `kill -9` included, loses nothing that was written, whichever it is.
 */
export type SpoolSync = 'interval' | 'batch' | 'none';

export interface SpoolOptions {
  readonly directory: string;
  /**
   * Bytes on disk at most, those of others in the same directory included. What these write is seen before each segment and
   * every ten seconds: together they may pass it by as many segments as there are others.
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
/** After a failure nothing is written for so long. */
const PAUSE_MS = 30_000;
/** How often another process may take the journal away between writing and looking; then something else is wrong. */
const MAX_TAKEN = 3;

/** The queue on disk: a journal of this process, and those that it has taken over from others. Never throws but at its start. */
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
        log.warn('a record in the spool is damaged; what can be read around it is sent.');
      },
      clock,
      log,
    });
  }

  /**
   * Begins to look after the directory.
   * @param onRecovered called when a batch of an earlier process can be taken; without it, none is looked for.
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

  /** Whether a batch would be taken now, as far as can be told before it is written. */
  get isUsable(): boolean {
    return !this.#isClosed && !this.isFull && this.#options.clock.now() >= this.#pausedUntil;
  }

  /** Whether it holds its maximum of bytes. */
  get isFull(): boolean {
    // A little below the maximum, so that it does not flap.
    if (this.#isFull && this.#bytesNeeded < this.#options.maxBytes * 0.95) this.#isFull = false;
    return this.#isFull;
  }

  /** Bytes on disk that this process holds. */
  get bytes(): number {
    let bytes = this.#own?.bytes ?? 0;
    for (const journal of this.#adoption.journals) bytes += journal.bytes;
    return bytes;
  }

  /** Writes a batch. Undefined when it cannot; why has then been logged. */
  append(body: Buffer, spans: number): BatchRecord | undefined {
    if (this.#isClosed || this.#options.clock.now() < this.#pausedUntil || !this.#hasRoomFor(body)) return undefined;
    for (let taken = 0; taken < MAX_TAKEN; taken++) {
      try {
        const stored = this.#write(body, spans);
        if (stored) return stored;
      } catch (error) {
        const own = this.#own;
        if (own === undefined || own.isOurs) {
          this.#fail(error);
          return undefined;
        }
        // The next segment could not be begun, since the journal was taken away.
        this.#lose(own);
      }
    }
    return undefined;
  }

  /** Ends a pause after a failure: the process ends, and there is no later time to try. */
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

  /** Writes nothing more, and lets the next process have what is not done. Synchronous. */
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
    // Looked at after the write: who takes the journal away later has read this batch, too.
    if (!own.isOurs) {
      this.#lose(own);
      return undefined;
    }
    this.#hasAppended = true;
    if (this.#options.sync === 'interval') this.#syncLater();
    return new JournalRecord(own, place);
  }

  /** @throws what the file system throws; then nobody waits for the batch to be done, which is kept in memory instead. */
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

  /** Bytes of the directory, and what will have to be written for batches to be done. */
  get #bytesNeeded(): number {
    let outstanding = this.#own?.outstanding ?? 0;
    for (const journal of this.#adoption.journals) outstanding += journal.outstanding;
    return this.bytes + this.#adoption.bytesBeside(this.#own) + outstanding * ACK_BYTES;
  }

  #hasRoomFor(body: Buffer): boolean {
    const { log, maxBytes } = this.#options;
    // So that what others have written meanwhile is never forgotten for longer than it takes to fill one file.
    if (this.#own?.isFullFor(body) ?? true) this.#adoption.measure();
    if (this.#bytesNeeded + RECORD_HEADER_BYTES + body.length + ACK_BYTES <= maxBytes) return true;
    this.#isFull = true;
    log.warn(`the spool holds its maximum of ${maxBytes} bytes; spans are kept in memory only.`);
    return false;
  }

  #fail(error: unknown): void {
    const { clock, log } = this.#options;
    this.#pausedUntil = clock.now() + PAUSE_MS;
    // What a failed write or sync has left of the file is unknown.
    this.#quietly(() => this.#own?.closeSegment());
    log.warn(`the spool cannot be written, so spans are kept in memory only: ${String(error)}`);
  }

  /** Another process took this one for dead, and has the journal now. */
  #lose(own: Journal): void {
    if (this.#own === own) this.#own = undefined;
    this.#quietly(() => own.closeSegment());
  }

  #quietly(act: () => void): void {
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
      // What was sent does not stay on disk.
      this.#own = undefined;
      own.release();
    }
    this.#hasAppended = false;
    for (const journal of [this.#own, ...this.#adoption.journals]) {
      if (!journal) continue;
      await journal.touch().catch(() => {
        if (journal.isOurs) return;
        if (journal === this.#own) this.#lose(journal);
        else this.#adoption.lose(journal);
      });
    }
  }
}
