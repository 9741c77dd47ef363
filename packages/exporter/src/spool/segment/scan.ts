import {
  isWhole,
  MARKER,
  RECORD_HEADER_BYTES,
  RecordType,
  readAck,
  readRecordHeader,
  readSegmentHeader,
  SEGMENT_HEADER_BYTES,
} from './format.js';

/** The bytes of a segment. */
export interface Source {
  readonly size: number;
  /** Returns fewer bytes than `length` only at the end. */
  read(position: number, length: number): Promise<Buffer>;
}

export type Finding =
  /** A batch without its payload, whose checksum is checked when it is read. */
  | {
      readonly kind: 'batch';
      readonly sequence: number;
      readonly spans: number;
      /** Where the payload begins. */
      readonly offset: number;
      readonly length: number;
      readonly checksum: number;
    }
  | { readonly kind: 'acks'; readonly sequences: readonly number[] }
  /** Bytes that are not a record: damaged, or an incomplete record at the end of the file. */
  | { readonly kind: 'damage' };

/** Thrown for a segment that another version or another program has written. */
export class UnknownSegmentError extends Error {}

const WINDOW_BYTES = 64 * 1024;

/**
 * The records of a segment in order. Needs as much memory as the largest acknowledgement record. Damaged bytes are skipped up to
 * the next record; consecutive ones are one finding.
 */
export async function* scan(source: Source): AsyncGenerator<Finding> {
  if (source.size === 0) return;
  const window = new Window(source);
  const header = readSegmentHeader(await window.read(0, SEGMENT_HEADER_BYTES));
  if (header === 'unknown') throw new UnknownSegmentError();
  if (header === 'known') {
    yield* recordsIn(source, SEGMENT_HEADER_BYTES, window);
    return;
  }
  yield { kind: 'damage' };
  yield* recordsIn(source, await window.find(MARKER, 0), window);
}

/** As `scan`, from the offset `from`, where a record begins. */
export async function* recordsIn(source: Source, from: number, window = new Window(source)): AsyncGenerator<Finding> {
  let at = from;
  let isDamaged = false;
  while (at < source.size) {
    const record = readRecordHeader(await window.read(at, RECORD_HEADER_BYTES));
    const offset = at + RECORD_HEADER_BYTES;
    if (record === undefined || offset + record.length > source.size) {
      if (!isDamaged) yield { kind: 'damage' };
      isDamaged = true;
      at = await window.find(MARKER, at + 1);
      continue;
    }
    isDamaged = false;
    at = offset + record.length;
    const { length, payloadChecksum: checksum, sequence, spans } = record;
    if (record.type === RecordType.batch) yield { kind: 'batch', sequence, spans, offset, length, checksum };
    else if (record.type === RecordType.ack) {
      const payload = await window.read(offset, length);
      yield isWhole(payload, checksum) ? { kind: 'acks', sequences: readAck(payload) } : { kind: 'damage' };
    }
  }
}

/** Reads ahead, so that many small records need one read. */
class Window {
  readonly #source: Source;
  #start = 0;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(source: Source) {
    this.#source = source;
  }

  async read(position: number, length: number): Promise<Buffer> {
    const isHere = position >= this.#start && position + length <= this.#start + this.#bytes.length;
    if (!isHere) {
      this.#bytes = await this.#source.read(position, Math.max(length, WINDOW_BYTES));
      this.#start = position;
    }
    return this.#bytes.subarray(position - this.#start, position - this.#start + length);
  }

  /** Offset of the next occurrence of the pattern at `from` or later; the size of the source if it does not occur. */
  async find(pattern: Buffer, from: number): Promise<number> {
    for (let at = from; at + pattern.length <= this.#source.size; ) {
      const bytes = await this.read(at, Math.min(WINDOW_BYTES, this.#source.size - at));
      const found = bytes.indexOf(pattern);
      if (found >= 0) return at + found;
      // The file has become shorter since it was opened.
      if (bytes.length < pattern.length) break;
      at += bytes.length - pattern.length + 1;
    }
    return this.#source.size;
  }
}
