import { codeOf } from './directory.js';
import type { Journal, Place } from './journal.js';

/** A batch that is on disk: the body of an OTLP export request. */
export interface StoredBatch {
  readonly spans: number;
  /** Bytes of the body. */
  readonly length: number;
  /**
   * `damaged`: what was written cannot be read back. `gone`: another process has taken the journal over, and sends it.
   * Rejects where it may work later.
   */
  read(): Promise<Buffer | 'damaged' | 'gone'>;
  /** It needs to be sent no more. Called once. */
  done(): void;
}

/** The process, or the system, has run out of something that it will have again. */
const PASSING: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EBUSY']);

export function storedBatch(journal: Journal, place: Place, onDone: () => void = () => {}): StoredBatch {
  return {
    spans: place.spans,
    length: place.length,
    async read() {
      try {
        return (await journal.read(place)) ?? 'damaged';
      } catch (error) {
        const code = codeOf(error);
        if (PASSING.has(code)) throw error;
        return code === 'ENOENT' ? 'gone' : 'damaged';
      }
    },
    done() {
      journal.ack(place);
      onDone();
    },
  };
}
