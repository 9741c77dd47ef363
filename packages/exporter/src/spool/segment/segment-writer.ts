import fs from 'node:fs';
import { encodeSegmentHeader, SEGMENT_HEADER_BYTES } from './format.js';

/** The file system calls that writing needs. Tests pass ones that fail. */
export interface SpoolFiles {
  openSync(path: string, flags: number, mode: number): number;
  writevSync(descriptor: number, parts: readonly Uint8Array[]): number;
  fdatasync(descriptor: number, done: (error: Error | null) => void): void;
  fdatasyncSync(descriptor: number): void;
  ftruncateSync(descriptor: number, length: number): void;
  closeSync(descriptor: number): void;
  unlinkSync(path: string): void;
}

// Never writes to an existing file or through a symbolic link. Windows has no O_NOFOLLOW.
const CREATE =
  fs.constants.O_CREAT |
  fs.constants.O_EXCL |
  fs.constants.O_WRONLY |
  fs.constants.O_APPEND |
  (fs.constants.O_NOFOLLOW ?? 0);

/**
 * Appends to one segment. Appended records survive the end of the process at once, and a power failure once they are synced.
 * After any failure the file must not be written again, because its state is unknown.
 */
export class SegmentWriter {
  readonly #files: SpoolFiles;
  readonly #descriptor: number;
  #bytes = 0;
  #isDirty = true;
  #isSyncing = false;
  #isClosed = false;
  /** Set when another sync must follow the running one. */
  #nextSync: ((error: Error) => void) | undefined;

  /** Creates the file with mode 0600. @throws what the file system throws; the file is then removed. */
  constructor(path: string, createdMs: number, files: SpoolFiles = fs) {
    this.#files = files;
    this.#descriptor = files.openSync(path, CREATE, 0o600);
    try {
      this.append([encodeSegmentHeader(createdMs)], SEGMENT_HEADER_BYTES);
    } catch (error) {
      this.close();
      this.#remove(path);
      throw error;
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Writes the parts one after the other and returns the offset of the first.
   * @throws what the file system throws. It then tries to remove what was written of them.
   */
  append(parts: readonly Buffer[], length: number): number {
    const start = this.#bytes;
    try {
      let written = this.#files.writevSync(this.#descriptor, parts);
      // A short write means that the disk is full; the next write throws.
      while (written < length) {
        written += this.#files.writevSync(this.#descriptor, [Buffer.concat(parts).subarray(written)]);
      }
    } catch (error) {
      this.#truncateTo(start);
      throw error;
    }
    this.#bytes += length;
    this.#isDirty = true;
    return start;
  }

  /** Syncs in the background. `onError` is called at most once. */
  sync(onError: (error: Error) => void): void {
    if (!this.#isDirty || this.#isClosed) return;
    if (this.#isSyncing) this.#nextSync = onError;
    else this.#startSync(onError);
  }

  /** Syncs in the background, then closes the file. */
  syncAndClose(onError: (error: Error) => void): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#isSyncing) this.#nextSync = onError;
    else if (this.#isDirty) this.#startSync(onError);
    else this.#closeNow();
  }

  /** Syncs now, and waits for a running sync. @throws what the file system throws. */
  syncNow(): void {
    if (this.#isClosed || !(this.#isDirty || this.#isSyncing)) return;
    this.#files.fdatasyncSync(this.#descriptor);
    this.#isDirty = false;
  }

  /** Closes the file, after a running sync. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (!this.#isSyncing) this.#closeNow();
  }

  #startSync(onError: (error: Error) => void): void {
    this.#isDirty = false;
    this.#isSyncing = true;
    this.#files.fdatasync(this.#descriptor, (error) => {
      // `onError` may call `close`. #isSyncing is still set, so the descriptor is closed only once, below.
      if (error) onError(error);
      this.#isSyncing = false;
      const nextSync = this.#nextSync;
      this.#nextSync = undefined;
      if (!error && nextSync && this.#isDirty) this.#startSync(nextSync);
      else if (this.#isClosed) this.#closeNow();
    });
  }

  #closeNow(): void {
    try {
      this.#files.closeSync(this.#descriptor);
    } catch {
      // The descriptor is released either way.
    }
  }

  #remove(path: string): void {
    try {
      this.#files.unlinkSync(path);
    } catch {
      // Readers skip an empty file.
    }
  }

  #truncateTo(bytes: number): void {
    try {
      this.#files.ftruncateSync(this.#descriptor, bytes);
    } catch {
      // Readers skip an incomplete record.
    }
  }
}
