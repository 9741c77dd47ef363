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
  /** A batch can be taken. */
  readonly onReady: () => void;
  /** A record could not be read. */
  readonly onDamage: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

interface Adopted {
  readonly journal: Journal;
  readonly batches: AsyncGenerator<RecordPosition, void, undefined>;
}

/**
 * Takes over the journals of holders that have ended, the oldest first, and hands out their batches one by one. It holds one
 * batch's place in memory, however much there is on disk.
 */
export class Adoption {
  readonly #options: AdoptionOptions;
  readonly #liveness: Liveness;
  /** Journals that this process leaves as they are. */
  readonly #leftAlone = new Set<string>();
  /** What it has taken over: the one that is being read, and those of which batches are still on their way. */
  readonly #journals = new Set<Journal>();
  /** Journals of others that were there when it last looked, oldest first; those before the first have been tried. */
  #candidates: Entry[] = [];
  #reading: Adopted | undefined;
  #next: BatchRecord | undefined;
  #isBusy = false;
  #isStopped = false;
  /** By origin, as last seen. */
  #bytes = new Map<string, number>();
  #hasToldOfStrangers = false;

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

  /** Bytes of the directory beside that journal and those that this one has taken over, as last seen. */
  bytesBeside(own: Journal | undefined): number {
    const mine = new Set([...this.#journals, own].map((journal) => journal?.origin));
    let bytes = 0;
    for (const [origin, size] of this.#bytes) if (!mine.has(origin)) bytes += size;
    return bytes;
  }

  /** Looks how much there is, at once. */
  measure(): void {
    try {
      this.#bytes = this.#options.directory.bytesNow();
    } catch {
      // What was seen before still says most.
    }
  }

  /** The next batch. When there is none at hand, `onReady` is called as soon as there is. */
  take(): BatchRecord | undefined {
    const next = this.#next;
    this.#next = undefined;
    if (next) void this.#advance();
    return next;
  }

  /** Looks for journals to take over, unless there is a batch at hand already. Never rejects. */
  async look(): Promise<void> {
    try {
      await this.#survey();
    } catch (error) {
      this.#options.log.warn(`the spool cannot be read: ${String(error)}`);
    }
    await this.#advance();
  }

  /** Gives back what has not been sent. */
  stop(): void {
    this.#isStopped = true;
    this.#next = undefined;
    this.#closeReading();
    for (const journal of this.#journals) journal.release();
    this.#journals.clear();
  }

  /** Another process took this one for dead, and has that journal now. */
  lose(journal: Journal): void {
    if (this.#reading?.journal === journal) this.#closeReading();
    this.#release(journal);
  }

  #release(journal: Journal): void {
    if (!this.#journals.delete(journal)) return;
    journal.release();
    this.#bytes.set(journal.origin, journal.bytes);
  }

  /** The file that is being read from would stay open otherwise. */
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
      // `stop` has given the journal back.
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

  /** Lets any process have it; this one tries it again only where that may help. */
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
        // The others need not wait for this one.
        log.warn(`the spool cannot be read: ${String(error)}`);
      }
    }
    return undefined;
  }

  /** Undefined when another process was faster, or this one ends. Rejects with what the file system says. */
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
    // It looks as old as its last holder's heartbeat until then, and a third process would take it away at once.
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
    this.#options.log.warn('the spool holds a segment of another version; it is left alone.');
  }

  async #survey(): Promise<void> {
    const { directory, holder, log } = this.#options;
    const { entries, strange } = await directory.list();
    this.#candidates = entries.filter((entry) => !entry.holder || !isSame(entry.holder, holder));
    const bytes = new Map<string, number>();
    for (const { origin, path } of entries) bytes.set(origin, await bytesIn(path));
    this.#bytes = bytes;
    this.#liveness.forgetAllBut(new Set(entries.map(({ origin }) => origin)));
    if (strange === 0 || this.#hasToldOfStrangers) return;
    this.#hasToldOfStrangers = true;
    log.warn(`spoolDirectory holds ${counted(strange, 'file')} of something else, left alone.`);
  }
}
