import type { Clock } from '../base/clock.js';
import { counted } from '../base/counted.js';
import type { Log } from '../report/log.js';
import { bytesIn, type Entry, isPassing, type SpoolDirectory } from './directory/directory.js';
import { Liveness } from './directory/liveness.js';
import { type Holder, isSame } from './directory/owner.js';
import { type BatchRecord, JournalRecord } from './journal/batch-record.js';
import type { Journal, RecordPosition } from './journal/journal.js';
import { leftIn } from './journal/recovery.js';

export interface AdoptionOptions {
  readonly directory: SpoolDirectory;
  readonly holder: Holder;
  readonly open: (journal: { readonly origin: string; readonly path: string }) => Journal;
  /** Called when a batch can be taken. */
  readonly onReady: () => void;
  /** Called when a record could not be read. */
  readonly onDamage: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

interface Adopted {
  readonly journal: Journal;
  readonly batches: AsyncGenerator<RecordPosition, void, undefined>;
}

/**
 * Adopts the journals of ended processes, the oldest first, and hands out their batches one by one. It keeps the position of one
 * batch in memory, however many are on disk.
 */
export class Adoption {
  readonly #options: AdoptionOptions;
  readonly #liveness: Liveness;
  /** Origins of journals that this process does not adopt. */
  readonly #leftAlone = new Set<string>();
  /** Adopted journals: the one that is being read, and those with unacknowledged batches. */
  readonly #journals = new Set<Journal>();
  /** Journals of others to try, as of the last look, oldest first. */
  #candidates: Entry[] = [];
  #reading: Adopted | undefined;
  #next: BatchRecord | undefined;
  #isBusy = false;
  #isStopped = false;
  /** Bytes by origin, as of the last look. */
  #bytes = new Map<string, number>();
  #hasWarnedOfOtherFiles = false;

  constructor(options: AdoptionOptions) {
    this.#options = options;
    this.#liveness = new Liveness(options.holder, options.clock);
  }

  get isReady(): boolean {
    return this.#next !== undefined;
  }

  get journals(): ReadonlySet<Journal> {
    return this.#journals;
  }

  /** Bytes in the directory outside our own and adopted journals, as of the last look. */
  bytesBeside(own: Journal | undefined): number {
    const mine = new Set([...this.#journals, own].map((journal) => journal?.origin));
    let bytes = 0;
    for (const [origin, size] of this.#bytes) if (!mine.has(origin)) bytes += size;
    return bytes;
  }

  /** Measures the directory now. Synchronous. */
  measure(): void {
    try {
      this.#bytes = this.#options.directory.bytesNow();
    } catch {
      // The last measurement is good enough.
    }
  }

  /** The next batch. If no batch is ready yet, `onReady` is called as soon as one is. */
  take(): BatchRecord | undefined {
    const next = this.#next;
    this.#next = undefined;
    if (next) void this.#advance();
    return next;
  }

  /** Looks for journals to adopt, unless a batch is ready. Never rejects. */
  async look(): Promise<void> {
    try {
      await this.#survey();
    } catch (error) {
      this.#options.log.warn(`the spool cannot be read: ${String(error)}`);
    }
    await this.#advance();
  }

  /** Leaves adopted journals to other processes. */
  stop(): void {
    this.#isStopped = true;
    this.#next = undefined;
    this.#closeReading();
    for (const journal of this.#journals) journal.release();
    this.#journals.clear();
  }

  /** Another process considered this one ended, and has taken over the journal. */
  takenOver(journal: Journal): void {
    if (this.#reading?.journal === journal) this.#closeReading();
    this.#release(journal);
  }

  #release(journal: Journal): void {
    if (!this.#journals.delete(journal)) return;
    journal.release();
    this.#bytes.set(journal.origin, journal.bytes);
  }

  /** Also closes the file that is being read. */
  #closeReading(): void {
    this.#reading?.batches.return().catch(() => {});
    this.#reading = undefined;
  }

  async #advance(): Promise<void> {
    if (this.#isBusy || this.#next || this.#isStopped) return;
    this.#isBusy = true;
    try {
      await this.#findNext();
    } catch (error) {
      this.#options.log.warn(`the spool cannot be read: ${String(error)}`);
      if (this.#reading) this.#leave(this.#reading.journal, isPassing(error));
    }
    this.#isBusy = false;
    if (this.#next && !this.#isStopped) this.#options.onReady();
  }

  async #findNext(): Promise<void> {
    for (;;) {
      this.#reading ??= await this.#adoptOldest();
      if (!this.#reading || this.#isStopped) return;
      const { batches, journal } = this.#reading;
      const { value: place } = await batches.next();
      // `stop` has released the journal.
      if (this.#isStopped) return;
      if (place) {
        this.#next = new JournalRecord(journal, place, this.#releaseIfDone);
        return;
      }
      this.#reading = undefined;
      this.#releaseIfDone(journal);
    }
  }

  readonly #releaseIfDone = (journal: Journal): void => {
    if (this.#reading?.journal === journal || journal.outstanding > 0) return;
    this.#release(journal);
  };

  /** Releases a journal that could not be read. This process tries it again only if the error may pass. */
  #leave(journal: Journal, isPassing: boolean): void {
    if (!isPassing) this.#leftAlone.add(journal.origin);
    this.#reading = undefined;
    this.#release(journal);
  }

  async #adoptOldest(): Promise<Adopted | undefined> {
    const { log, onDamage } = this.#options;
    for (let entry = this.#candidates.shift(); entry; entry = this.#candidates.shift()) {
      const { origin } = entry;
      if (this.#isStopped) return undefined;
      if (this.#leftAlone.has(origin) || !this.#liveness.hasEnded(entry)) continue;
      try {
        const journal = await this.#adopt(entry);
        if (journal) return { journal, batches: leftIn(journal, onDamage, () => this.#foundUnknown(origin)) };
      } catch (error) {
        // Goes on with the next journal.
        log.warn(`the spool cannot be read: ${String(error)}`);
      }
    }
    return undefined;
  }

  /** Undefined when another process was faster, or this one is ending. Rejects with errors of the file system. */
  async #adopt(entry: Entry): Promise<Journal | undefined> {
    const { directory, holder, open } = this.#options;
    const path = await directory.take(entry, holder);
    if (path === undefined) return undefined;
    let journal: Journal;
    try {
      journal = open({ origin: entry.origin, path });
    } catch (error) {
      directory.free(path, entry.origin);
      throw error;
    }
    // Until then it has the heartbeat of its last holder, and a third process would take it over at once.
    await journal.touch().catch(() => {});
    if (this.#isStopped) {
      journal.release();
      return undefined;
    }
    this.#journals.add(journal);
    return journal;
  }

  #foundUnknown(origin: string): void {
    this.#leftAlone.add(origin);
    this.#options.log.warn('the spool contains a segment of another version, which is ignored.');
  }

  async #survey(): Promise<void> {
    const { directory, holder, log } = this.#options;
    const { entries, strange } = await directory.list();
    this.#candidates = entries.filter((entry) => !entry.holder || !isSame(entry.holder, holder));
    const bytes = new Map<string, number>();
    for (const { origin, path } of entries) bytes.set(origin, await bytesIn(path));
    this.#bytes = bytes;
    this.#liveness.forgetAllBut(new Set(entries.map(({ origin }) => origin)));
    if (strange === 0 || this.#hasWarnedOfOtherFiles) return;
    this.#hasWarnedOfOtherFiles = true;
    log.warn(`spoolDirectory contains ${counted(strange, 'file')} of another program, which the spool ignores.`);
  }
}
