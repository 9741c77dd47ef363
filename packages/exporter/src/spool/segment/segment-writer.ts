import fs from 'node:fs';
import { encodeSegmentHeader, SEGMENT_HEADER_BYTES } from './format.js';

/** What writing needs of the file system; a test passes one that fails. */
export interface SpoolFiles {
  openSync(path: string, flags: number, mode: number): number;
  writevSync(descriptor: number, parts: readonly Uint8Array[]): number;
  fdatasync(descriptor: number, done: (error: Error | null) => void): void;
  fdatasyncSync(descriptor: number): void;
  ftruncateSync(descriptor: number, length: number): void;
  closeSync(descriptor: number): void;
  unlinkSync(path: string): void;
}

// Neither an existing file nor a symbolic link is ever written to. Windows has no O_NOFOLLOW.
const CREATE =
  fs.constants.O_CREAT |
  fs.constants.O_EXCL |
  fs.constants.O_WRONLY |
  fs.constants.O_APPEND |
  (fs.constants.O_NOFOLLOW ?? 0);

/**
 * Appends to one segment. What `append` has written survives the death of the process at once, and the loss of power once
 * synced. After any failure the file must not be written again: what the system then has of it is unknown.
 */
export class SegmentWriter {
  readonly #files: SpoolFiles;
  readonly #descriptor: number;
  #bytes = 0;
  #isDirty = true;
  #isSyncing = false;
  #isClosed = false;
  /** Set where another sync is to follow the one that is under way. */
  #nextSync: ((error: Error) => void) | undefined;

  /** Creates the file, mode 0600. @throws what the file system throws; then there is no file. */
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
   * Writes the parts one after the other. Returns where they begin.
   * @throws what the file system throws; then nothing of them is left in the file, if it could be helped.
   */
  append(parts: readonly Buffer[], length: number): number {
    const start = this.#bytes;
    try {
      let written = this.#files.writevSync(this.#descriptor, parts);
      // A write is short where the disk has just become full; the next one says so.
      while (written < length) {
        written += this.#files.writevSync(this.#descriptor, [Buffer.concat(parts).subarray(written)]);
      }
    } catch (error) {
      this.#cutTo(start);
      throw error;
    }
    this.#bytes += length;
    this.#isDirty = true;
    return start;
  }

  /** Syncs on another thread. `onError` is called at most once. */
  sync(onError: (error: Error) => void): void {
    if (!this.#isDirty || this.#isClosed) return;
    if (this.#isSyncing) this.#nextSync = onError;
    else this.#startSync(onError);
  }

  /** Writes nothing more; what was written is synced, on another thread, before the file is closed. */
  syncAndClose(onError: (error: Error) => void): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#isSyncing) this.#nextSync = onError;
    else if (this.#isDirty) this.#startSync(onError);
    else this.#closeNow();
  }

  /** Also waits for a sync that is under way. @throws what the file system throws. */
  syncNow(): void {
    if (this.#isClosed || !(this.#isDirty || this.#isSyncing)) return;
    this.#files.fdatasyncSync(this.#descriptor);
    this.#isDirty = false;
  }

  /** Closes the file, after a sync that is under way. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (!this.#isSyncing) this.#closeNow();
  }

  #startSync(onError: (error: Error) => void): void {
    this.#isDirty = false;
    this.#isSyncing = true;
    this.#files.fdatasync(this.#descriptor, (error) => {
      // It may close the file: not yet then, or its number, which may be another file's by now, would be closed again below.
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
      // It is gone either way.
    }
  }

  #remove(path: string): void {
    try {
      this.#files.unlinkSync(path);
    } catch {
      // A reader passes over an empty file.
    }
  }

  #cutTo(bytes: number): void {
    try {
      this.#files.ftruncateSync(this.#descriptor, bytes);
    } catch {
      // A reader passes over the torn record.
    }
  }
}
