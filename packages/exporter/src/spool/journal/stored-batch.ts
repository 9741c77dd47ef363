import { codeOf, isPassing } from '../directory/directory.js';
import { RECORD_HEADER_BYTES } from '../segment/format.js';
import { recordsIn } from '../segment/scan.js';
import { type Journal, openSegment, type Place, type Segment } from './journal.js';

/** A batch that is on disk: the body of an OTLP export request. */
export interface StoredBatch {
  readonly spans: number;
  /** Of the body. */
  readonly bytes: number;
  /**
   * `damaged`: what was written cannot be read back. `gone`: another process has taken the journal over, and sends it.
   * Rejects where it may work later.
   */
  read(): Promise<Buffer | 'damaged' | 'gone'>;
  /** It needs to be sent no more. Called once. */
  done(): void;
  /**
   * Keeps it in a stretch instead, to be read from there: in `last`, if it comes directly after what that holds, or in a new
   * one. Undefined where there is none for it.
   */
  shelve(last: Stretch | undefined): Stretch | undefined;
}

/** A batch in a journal. */
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

  get bytes(): number {
    return this.#place.length;
  }

  async read(): Promise<Buffer | 'damaged' | 'gone'> {
    try {
      return (await this.#journal.read(this.#place)) ?? 'damaged';
    } catch (error) {
      if (isPassing(error)) throw error;
      return whyUnreadable(error, this.#journal);
    }
  }

  done(): void {
    this.#journal.ack(this.#place);
    this.#onDone?.(this.#journal);
  }

  shelve(last: Stretch | undefined): Stretch {
    return last?.add(this.#journal, this.#place) ? last : new Stretch(this.#journal, this.#place);
  }
}

/** What was read of a stretch. */
export interface Found {
  readonly batches: readonly StoredBatch[];
  /** What cannot be read any more. `damaged` and `gone`: as of `StoredBatch`. */
  readonly lost: { readonly spans: number; readonly why: 'damaged' | 'gone' } | undefined;
}

/** Batches that lie one after the other in a segment, and none of which is done: in memory it takes the room of one. */
export class Stretch {
  readonly #journal: Journal;
  readonly #segment: Segment;
  /** Where the first record begins, and where the last one ends. */
  #from: number;
  #to: number;
  #batches = 1;
  #spans: number;

  constructor(journal: Journal, { length, offset, segment, spans }: Place) {
    this.#journal = journal;
    this.#segment = segment;
    this.#from = offset - RECORD_HEADER_BYTES;
    this.#to = offset + length;
    this.#spans = spans;
  }

  get isEmpty(): boolean {
    return this.#batches === 0;
  }

  /** Puts at its end the batch that was appended next. False, and nothing happens, if that stands in another segment. */
  add(journal: Journal, { length, offset, segment, spans }: Place): boolean {
    if (journal !== this.#journal || segment !== this.#segment) return false;
    this.#to = offset + length;
    this.#batches += 1;
    this.#spans += spans;
    return true;
  }

  /** Takes batches from the front, `most` at most. Rejects where it may work later. */
  async take(most: number): Promise<Found> {
    // Others may be added while it reads.
    const batches = this.#batches;
    const spans = this.#spans;
    const to = this.#to;
    const places: Place[] = [];
    let why: 'damaged' | 'gone' = 'damaged';
    try {
      await this.#read(to, Math.min(most, batches), places);
    } catch (error) {
      if (isPassing(error)) throw error;
      why = whyUnreadable(error, this.#journal);
    }
    const found = places.map((place) => new JournalBatch(this.#journal, place));
    const foundSpans = places.reduce((sum, place) => sum + place.spans, 0);
    const last = places.at(-1);
    if (last && places.length === Math.min(most, batches)) {
      this.#from = last.offset + last.length;
      this.#batches -= places.length;
      this.#spans -= foundSpans;
      return { batches: found, lost: undefined };
    }
    this.#from = to;
    this.#batches -= batches;
    this.#spans -= spans;
    this.#journal.giveUp(this.#segment, batches - places.length);
    return { batches: found, lost: { spans: spans - foundSpans, why } };
  }

  async #read(to: number, most: number, places: Place[]): Promise<void> {
    const segment = this.#segment;
    const source = await openSegment(segment.path);
    try {
      const part = { size: Math.min(to, source.size), read: source.read };
      for await (const finding of recordsIn(part, this.#from)) {
        if (finding.kind !== 'batch') continue;
        const { checksum, length, offset, sequence, spans } = finding;
        places.push({ segment, sequence, spans, offset, length, checksum });
        if (places.length === most) return;
      }
    } finally {
      await source.close();
    }
  }
}

/** What the file system's error means for what was to be read. */
function whyUnreadable(error: unknown, journal: Journal): 'damaged' | 'gone' {
  // A file that is missing in a journal which is still ours was deleted by somebody.
  return codeOf(error) === 'ENOENT' && !journal.isOurs ? 'gone' : 'damaged';
}
