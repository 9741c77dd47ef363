import fs from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../base/clock.js';
import { type SpoolDirectory, segmentName, segmentsIn, syncNames, syncNamesNow } from '../directory/directory.js';
import { encodeAck, encodeBatchHeader, isWhole, payloadChecksumOf, RECORD_HEADER_BYTES } from '../segment/format.js';
import type { Source } from '../segment/scan.js';
import { SegmentWriter, type SpoolFiles } from '../segment/segment-writer.js';

/** A file of a journal. */
export interface Segment {
  readonly path: string;
  bytes: number;
  /** Unacknowledged batches in it. */
  outstanding: number;
  /** Whether `outstanding` counts all its batches: nothing will be added, and a segment of an earlier process has been read. */
  isComplete: boolean;
}

/** Where the record of a batch is. */
export interface RecordPosition {
  readonly segment: Segment;
  readonly sequence: number;
  readonly spans: number;
  /** Where the payload begins in the file. */
  readonly offset: number;
  readonly length: number;
  readonly checksum: number;
}

export interface JournalOptions {
  readonly directory: SpoolDirectory;
  readonly origin: string;
  /** The journal's directory. */
  readonly path: string;
  readonly clock: Clock;
  /** Most bytes of a segment. */
  readonly maxSegmentBytes: number;
  /** Default: full segments are not synced. */
  readonly onSyncError?: ((error: Error) => void) | undefined;
  readonly files?: SpoolFiles | undefined;
}

const READ = fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0);

/**
 * Batches on disk and their acknowledgements: the segments of one origin. Another process that reads it finds the batches that
 * were appended and not acknowledged. Segments are removed only from the front, because an acknowledgement may be about any
 * earlier segment.
 */
export class Journal {
  readonly #options: JournalOptions;
  /** Oldest first. */
  readonly #segments: Segment[] = [];
  #current: { readonly segment: Segment; readonly writer: SegmentWriter } | undefined;
  #lastNumber = 0;
  #lastSequence = 0;
  #bytes = 0;
  /** Whether a file was created or removed since the last sync of the directories. */
  #hasNewNames = true;

  /** Opens the segments that exist. @throws what the file system throws. */
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

  /** Known unacknowledged batches. */
  get outstanding(): number {
    let total = 0;
    for (const segment of this.#segments) total += segment.outstanding;
    return total;
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** Whether this process still holds the journal. Another process takes it over by renaming the directory. */
  get isOurs(): boolean {
    return fs.existsSync(this.#options.path);
  }

  /** Whether appending this body would create a new segment. */
  isFullFor(body: Buffer): boolean {
    return !this.#current || this.#exceeds(this.#current.writer, RECORD_HEADER_BYTES + body.length);
  }

  /** @throws what the file system throws. The segment is then closed, and the next batch goes to a new one. */
  append(body: Buffer, spans: number): RecordPosition {
    const sequence = this.#lastSequence + 1;
    const header = encodeBatchHeader(sequence, spans, body);
    const { segment, offset } = this.#write([header, body], header.length + body.length);
    this.#lastSequence = sequence;
    segment.outstanding += 1;
    const checksum = payloadChecksumOf(header);
    return { segment, sequence, spans, offset: offset + RECORD_HEADER_BYTES, length: body.length, checksum };
  }

  /** Notes that the batch need not be sent again. Never throws: if it fails, the next process sends the batch again, which is harmless. */
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

  /** Forgets batches of a segment that will be neither read nor acknowledged. Never throws. */
  discard(segment: Segment, batches: number): void {
    segment.outstanding -= batches;
    try {
      this.#prune();
    } catch {
      // The file is removed with the next one.
    }
  }

  /** The payload of a batch; undefined when it is damaged. Rejects with errors of the file system. */
  async read({ checksum, length, offset, segment }: RecordPosition): Promise<Buffer | undefined> {
    const source = await openSegment(segment.path);
    try {
      const payload = await source.read(offset, length);
      return payload.length === length && isWhole(payload, checksum) ? payload : undefined;
    } finally {
      await source.close();
    }
  }

  /** Notes that a segment of an earlier process has been read to its end. */
  markRead(segment: Segment): void {
    segment.isComplete = true;
    this.#prune();
  }

  /** Syncs in the background. */
  sync(onError: (error: Error) => void): void {
    this.#current?.writer.sync(onError);
    if (!this.#hasNewNames) return;
    this.#hasNewNames = false;
    for (const directory of this.#directories) {
      syncNames(directory).catch((error) => {
        // Otherwise it was removed or taken over in the meantime.
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

  /** Closes the current segment. The next batch goes to a new one. */
  closeSegment(): void {
    if (!this.#current) return;
    const { segment, writer } = this.#current;
    this.#current = undefined;
    segment.isComplete = true;
    writer.close();
    this.#prune();
  }

  /** The heartbeat: shows that the holder is alive. */
  async touch(): Promise<void> {
    const now = new Date(this.#options.clock.wallNow());
    await fs.promises.utimes(this.#options.path, now, now);
  }

  /** Removes the journal if every batch is acknowledged; otherwise leaves it for any process to adopt. */
  release(): void {
    const { directory, origin } = this.#options;
    try {
      this.closeSegment();
      if (this.#segments.length > 0) directory.free(this.#options.path, origin);
      else fs.rmdirSync(this.#options.path);
    } catch {
      // Another process has taken it over, or it contains another program's file.
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

  /** Closes a segment early when all its batches are acknowledged, so that sent spans do not stay on disk for long. */
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

/** Opens a segment for reading. Rejects with errors of the file system. */
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
