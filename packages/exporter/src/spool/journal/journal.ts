import fs from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../base/clock.js';
import { type SpoolDirectory, segmentName, segmentsIn, syncNames, syncNamesNow } from '../directory/directory.js';
import { encodeAck, encodeBatchHeader, isWhole, payloadChecksumOf, RECORD_HEADER_BYTES } from '../segment/format.js';
import type { Source } from '../segment/scan.js';
import { SegmentWriter, type SpoolFiles } from '../segment/segment-writer.js';

/** A file of the journal. */
export interface Segment {
  readonly path: string;
  bytes: number;
  /** Batches in it that are not done. */
  outstanding: number;
  /** Whether `outstanding` counts all of its batches: nothing will be added, and if it was found, it has been read. */
  isComplete: boolean;
}

/** Where a batch stands. */
export interface RecordPosition {
  readonly segment: Segment;
  readonly sequence: number;
  readonly spans: number;
  /** Of the payload. */
  readonly offset: number;
  readonly length: number;
  readonly checksum: number;
}

export interface JournalOptions {
  readonly directory: SpoolDirectory;
  readonly origin: string;
  /** The directory of this journal. */
  readonly path: string;
  readonly clock: Clock;
  /** Bytes after which a new segment is begun. */
  readonly maxSegmentBytes: number;
  /** Without it, a segment that is full is not synced. */
  readonly onSyncError?: ((error: Error) => void) | undefined;
  readonly files?: SpoolFiles | undefined;
}

const READ = fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0);

/**
 * Batches on disk, and which of them are done: the segments of one origin. What another process finds is what was appended
 * less what was acknowledged. Segments are removed from the front only, since an acknowledgement may be about any segment
 * before its own.
 */
export class Journal {
  readonly #options: JournalOptions;
  /** In their order. */
  readonly #segments: Segment[] = [];
  #current: { readonly segment: Segment; readonly writer: SegmentWriter } | undefined;
  #lastNumber = 0;
  #lastSequence = 0;
  #bytes = 0;
  /** Whether a file was made or removed since the last sync. */
  #hasNewNames = true;

  /** Finds the segments that are there already. @throws what the file system throws. */
  constructor(options: JournalOptions) {
    this.#options = options;
    for (const { bytes, number } of segmentsIn(options.path)) {
      this.#segments.push({ path: this.#pathOf(number), bytes, outstanding: 0, isComplete: false });
      this.#bytes += bytes;
      this.#lastNumber = number;
    }
  }

  get origin(): string {
    return this.#options.origin;
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Batches that are not done, as far as they are known. */
  get outstanding(): number {
    let total = 0;
    for (const segment of this.#segments) total += segment.outstanding;
    return total;
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** Whether the directory still has the name that we gave it. Another process that took us for dead has renamed it. */
  get isOurs(): boolean {
    return fs.existsSync(this.#options.path);
  }

  /** Whether a batch of that size would begin a segment. */
  isFullFor(body: Buffer): boolean {
    return !this.#current || this.#exceeds(this.#current.writer, RECORD_HEADER_BYTES + body.length);
  }

  /** @throws what the file system throws; then the segment is left, and the next batch begins another. */
  append(body: Buffer, spans: number): RecordPosition {
    const sequence = this.#lastSequence + 1;
    const header = encodeBatchHeader(sequence, spans, body);
    const { segment, offset } = this.#write([header, body], header.length + body.length);
    this.#lastSequence = sequence;
    segment.outstanding += 1;
    const checksum = payloadChecksumOf(header);
    return { segment, sequence, spans, offset: offset + RECORD_HEADER_BYTES, length: body.length, checksum };
  }

  /** The batch is done. Never throws: what cannot be noted is sent again by the next process, which does no harm. */
  acknowledge({ segment, sequence }: RecordPosition): void {
    segment.outstanding -= 1;
    try {
      this.#completeIfDone();
      this.#prune();
      if (!this.#segments.includes(segment)) return;
      const record = encodeAck([sequence]);
      this.#write([record], record.length);
    } catch {
      // As above.
    }
  }

  /** Batches of a segment will not be asked for any more, nor acknowledged. Never throws. */
  discard(segment: Segment, batches: number): void {
    segment.outstanding -= batches;
    try {
      this.#prune();
    } catch {
      // The file stays until the next is removed.
    }
  }

  /** The payload of a batch; undefined when it is damaged. Rejects with what the file system says. */
  async read({ checksum, length, offset, segment }: RecordPosition): Promise<Buffer | undefined> {
    const source = await openSegment(segment.path);
    try {
      const payload = await source.read(offset, length);
      return payload.length === length && isWhole(payload, checksum) ? payload : undefined;
    } finally {
      await source.close();
    }
  }

  /** A segment that was found has been read to its end. */
  markRead(segment: Segment): void {
    segment.isComplete = true;
    this.#prune();
  }

  /** Syncs what was appended, on another thread. */
  sync(onError: (error: Error) => void): void {
    this.#current?.writer.sync(onError);
    if (!this.#hasNewNames) return;
    this.#hasNewNames = false;
    for (const directory of this.#directories) {
      syncNames(directory).catch((error) => {
        // Otherwise it has been removed meanwhile, or another process has it.
        if (this.isOurs) onError(error);
      });
    }
  }

  /** @throws what the file system throws. */
  syncNow(): void {
    this.#current?.writer.syncNow();
    if (!this.#hasNewNames) return;
    this.#hasNewNames = false;
    for (const directory of this.#directories) syncNamesNow(directory);
  }

  /** Writes nothing more to the present segment. */
  closeSegment(): void {
    if (!this.#current) return;
    const { segment, writer } = this.#current;
    this.#current = undefined;
    segment.isComplete = true;
    writer.close();
    this.#prune();
  }

  /** Says that its holder lives. */
  async touch(): Promise<void> {
    const now = new Date(this.#options.clock.wallNow());
    await fs.promises.utimes(this.#options.path, now, now);
  }

  /** Removes it from the disk if every batch is done; otherwise any process may take it. */
  release(): void {
    const { directory, origin } = this.#options;
    try {
      this.closeSegment();
      if (this.#segments.length > 0) directory.free(this.#options.path, origin);
      else fs.rmdirSync(this.#options.path);
    } catch {
      // It was taken already, or holds a file of somebody else: then it stays.
    }
  }

  #write(parts: readonly Buffer[], length: number): { readonly segment: Segment; readonly offset: number } {
    const { onSyncError } = this.#options;
    if (this.#current && this.#exceeds(this.#current.writer, length)) {
      if (onSyncError) this.#current.writer.syncAndClose(onSyncError);
      this.closeSegment();
    }
    this.#current ??= this.#newSegment();
    const { segment, writer } = this.#current;
    try {
      const offset = writer.append(parts, length);
      segment.bytes += length;
      this.#bytes += length;
      return { segment, offset };
    } catch (error) {
      this.closeSegment();
      throw error;
    }
  }

  #exceeds(writer: SegmentWriter, length: number): boolean {
    return writer.bytes + length > this.#options.maxSegmentBytes;
  }

  #newSegment(): { segment: Segment; writer: SegmentWriter } {
    const { clock, files } = this.#options;
    this.#lastNumber += 1;
    const path = this.#pathOf(this.#lastNumber);
    const segment: Segment = { path, bytes: 0, outstanding: 0, isComplete: false };
    const writer = new SegmentWriter(path, clock.wallNow(), files);
    segment.bytes = writer.bytes;
    this.#bytes += writer.bytes;
    this.#segments.push(segment);
    this.#hasNewNames = true;
    return { segment, writer };
  }

  /** What was sent does not stay on disk for long, even where little is written. */
  #completeIfDone(): void {
    const current = this.#current;
    if (current && current.segment.outstanding === 0 && current.writer.bytes > this.#options.maxSegmentBytes / 8) {
      this.closeSegment();
    }
  }

  #prune(): void {
    for (;;) {
      const [first] = this.#segments;
      if (!first?.isComplete || first.outstanding > 0) return;
      this.#segments.shift();
      this.#bytes -= first.bytes;
      this.#hasNewNames = true;
      fs.rmSync(first.path, { force: true });
    }
  }

  get #directories(): readonly string[] {
    return [this.#options.path, this.#options.directory.path];
  }

  #pathOf(number: number): string {
    return path.join(this.#options.path, segmentName(number));
  }
}

/** A segment to read from. Rejects with what the file system says. */
export async function openSegment(segmentPath: string): Promise<Source & { close(): Promise<void> }> {
  const file = await fs.promises.open(segmentPath, READ);
  let size: number;
  try {
    ({ size } = await file.stat());
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    size,
    async read(position, length) {
      const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - position)));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, position);
      return bytes.subarray(0, bytesRead);
    },
    close: () => file.close(),
  };
}
