import { codeOf, isPassing } from './directory.js';
import type { Journal, Place } from './journal.js';

/** A batch that is on disk: the body of an OTLP export request. */
export interface StoredBatch {
  readonly spans: number;
  /**
   * `damaged`: what was written cannot be read back. `gone`: another process has taken the journal over, and sends it.
   * Rejects where it may work later.
   */
  read(): Promise<Buffer | 'damaged' | 'gone'>;
  /** It needs to be sent no more. Called once. */
  done(): void;
}

/** A batch in a journal. Small: in a long outage there are many. */
export class JournalBatch implements StoredBatch {
  readonly #journal: Journal;
  readonly #place: Place;
  readonly #onDone: ((journal: Journal) => void) | undefined;

  constructor(journal: Journal, place: Place, onDone?: (journal: Journal) => void) {
    this.#journal = journal;
    this.#place = place;
    this.#onDone = onDone;
  }

  get spans(): number {
    return this.#place.spans;
  }

  async read(): Promise<Buffer | 'damaged' | 'gone'> {
    try {
      return (await this.#journal.read(this.#place)) ?? 'damaged';
    } catch (error) {
      if (isPassing(error)) throw error;
      // A file that is missing in a journal which is still ours was deleted by somebody.
      return codeOf(error) === 'ENOENT' && !this.#journal.isOurs ? 'gone' : 'damaged';
    }
  }

  done(): void {
    this.#journal.ack(this.#place);
    this.#onDone?.(this.#journal);
  }
}
