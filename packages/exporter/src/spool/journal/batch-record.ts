import { codeOf, isPassing } from '../directory/directory.js';
import { RECORD_HEADER_BYTES } from '../segment/format.js';
import { recordsIn } from '../segment/scan.js';
import { type Journal, openSegment, type RecordPosition, type Segment } from './journal.js';

/** Why a record cannot be read: its bytes are damaged, or another process has taken over the journal and will send it. */
export type Unreadable = 'damaged' | 'taken_over';

/** A spooled batch: the body of an OTLP export request on disk. */
export interface BatchRecord {
  /** Number of spans. */
  readonly spans: number;
  /** Bytes of the body. */
  readonly bytes: number;
  /** The body, or why it cannot be read. Rejects when reading may work later. */
  read(): Promise<Buffer | Unreadable>;
  /** The batch need not be sent again. Call it once. */
  acknowledge(): void;
  /**
   * Makes the record part of a range, from which it is read back later. That is `last` if the record directly follows it, else
   * a new range. Returns the range; undefined when the record cannot be part of one.
   */
  moveToRange(last: RecordRange | undefined): RecordRange | undefined;
}

/** A batch record in a journal. */
export class JournalRecord implements BatchRecord {
  readonly #journal: Journal;
  readonly #position: RecordPosition;
  readonly #onAcknowledged: ((journal: Journal) => void) | undefined;

  constructor(journal: Journal, position: RecordPosition, onAcknowledged?: (journal: Journal) => void) {
    this.#journal = journal;
    this.#position = position;
    this.#onAcknowledged = onAcknowledged;
  }

  get spans(): number {
    return this.#position.spans;
  }

  get bytes(): number {
    return this.#position.length;
  }

  async read(): Promise<Buffer | Unreadable> {
    try {
      return (await this.#journal.read(this.#position)) ?? 'damaged';
    } catch (error) {
      if (isPassing(error)) throw error;
      return whyUnreadable(error, this.#journal);
    }
  }

  acknowledge(): void {
    this.#journal.acknowledge(this.#position);
    this.#onAcknowledged?.(this.#journal);
  }

  moveToRange(last: RecordRange | undefined): RecordRange {
    return last?.add(this.#journal, this.#position) ? last : new RecordRange(this.#journal, this.#position);
  }
}

/** What `RecordRange.take` has read. */
export interface RangeRead {
  readonly records: readonly BatchRecord[];
  readonly unreadable: { readonly spans: number; readonly why: Unreadable } | undefined;
}

/** Consecutive records of a segment, none of them acknowledged. It needs as much memory as one record, however many there are. */
export class RecordRange {
  readonly #journal: Journal;
  readonly #segment: Segment;
  /** Where the first record begins and the last one ends. */
  #from: number;
  #to: number;
  #batches = 1;
  #spans: number;

  constructor(journal: Journal, { length, offset, segment, spans }: RecordPosition) {
    this.#journal = journal;
    this.#segment = segment;
    this.#from = offset - RECORD_HEADER_BYTES;
    this.#to = offset + length;
    this.#spans = spans;
  }

  get isEmpty(): boolean {
    return this.#batches === 0;
  }

  /** Adds the record that was appended next. Returns false and changes nothing when it is in another segment. */
  add(journal: Journal, { length, offset, segment, spans }: RecordPosition): boolean {
    if (journal !== this.#journal || segment !== this.#segment) return false;
    this.#to = offset + length;
    this.#batches += 1;
    this.#spans += spans;
    return true;
  }

  /** Takes up to `most` records from the front. Rejects when reading may work later. */
  async take(most: number): Promise<RangeRead> {
    // Records may be added while it reads.
    const batches = this.#batches;
    const spans = this.#spans;
    const to = this.#to;
    const positions: RecordPosition[] = [];
    let why: Unreadable = 'damaged';
    try {
      await this.#read(to, Math.min(most, batches), positions);
    } catch (error) {
      if (isPassing(error)) throw error;
      why = whyUnreadable(error, this.#journal);
    }
    const records = positions.map((position) => new JournalRecord(this.#journal, position));
    const readSpans = positions.reduce((sum, position) => sum + position.spans, 0);
    const last = positions.at(-1);
    if (last && positions.length === Math.min(most, batches)) {
      this.#from = last.offset + last.length;
      this.#batches -= positions.length;
      this.#spans -= readSpans;
      return { records, unreadable: undefined };
    }
    this.#from = to;
    this.#batches -= batches;
    this.#spans -= spans;
    this.#journal.discard(this.#segment, batches - positions.length);
    return { records, unreadable: { spans: spans - readSpans, why } };
  }

  async #read(to: number, most: number, positions: RecordPosition[]): Promise<void> {
    const segment = this.#segment;
    const source = await openSegment(segment.path);
    try {
      const part = { size: Math.min(to, source.size), read: source.read };
      for await (const finding of recordsIn(part, this.#from)) {
        if (finding.kind !== 'batch') continue;
        const { checksum, length, offset, sequence, spans } = finding;
        positions.push({ segment, sequence, spans, offset, length, checksum });
        if (positions.length === most) return;
      }
    } finally {
      await source.close();
    }
  }
}

function whyUnreadable(error: unknown, journal: Journal): Unreadable {
  // If the journal is still ours, somebody has deleted the file.
  return codeOf(error) === 'ENOENT' && !journal.isOurs ? 'taken_over' : 'damaged';
}
