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

/** The bytes of a segment, wherever they are. */
export interface Source {
  readonly size: number;
  /** Fewer bytes than asked for only at the end. */
  read(position: number, length: number): Promise<Buffer>;
}

export type Finding =
  /** A batch, without its payload: whether that is whole is known when it is read. */
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
  /** Bytes that are no record: damaged, or the torn end of the file. */
  | { readonly kind: 'damage' };

/** Thrown for a segment that another version, or another program, has written. */
export class UnknownSegmentError extends Error {}

const WINDOW_BYTES = 64 * 1024;

/**
 * What a segment holds, in its order, in as much memory as the largest ack record needs. Damaged bytes are passed over up to
 * the next record; all that lies together is one finding.
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

/** The same from there on, where a record begins. */
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

/** Reads ahead, so that small records that lie together cost one read. */
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

  /** Where the pattern next stands, at `from` or later; the end of the source if nowhere. */
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
