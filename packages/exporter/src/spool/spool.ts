import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { decodeFile, encodeFile, type SpoolRecord } from './format.js';

const SUFFIX = '.spool';
const DAMAGED_SUFFIX = '.damaged';
/** `<name>.spool.<pid>`: taken by a process, which sends what is in it. */
const CLAIMED = /\.spool\.(\d+)$/;
const MAX_BYTES = 256 * 1024 * 1024;

/** A file of a process that has ended, taken by this one. */
export interface ClaimedFile {
  readonly records: readonly SpoolRecord[];
  readonly isDamaged: boolean;
  /** All of it has been sent: the file is deleted, or, if it was damaged, put aside. */
  done(): void;
  /** Nothing more can be sent now: what remains is given back for a later try. */
  giveBack(remaining: readonly SpoolRecord[]): void;
}

/**
 * Export requests on disk, for the next process to send. Synchronous throughout, since a process that is ending has no time
 * for anything else. Every method throws what the file system throws.
 */
export class Spool {
  readonly #directory: string;

  /**
   * Makes the directory (mode 0700) if it is not there.
   * @throws when it is a symbolic link or no directory: somebody else could have put it there.
   */
  constructor(directory: string) {
    this.#directory = path.resolve(directory);
    fs.mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const stat = fs.lstatSync(this.#directory);
    if (!stat.isDirectory()) throw new Error(`spoolDirectory is no directory of its own: ${this.#directory}`);
    if (process.getuid && stat.uid !== process.getuid()) {
      throw new Error(`spoolDirectory belongs to another user: ${this.#directory}`);
    }
    if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0) fs.chmodSync(this.#directory, 0o700);
  }

  /** Writes the records to a file of their own, whole or not at all. False when the directory holds its maximum already. */
  write(records: readonly SpoolRecord[]): boolean {
    const content = encodeFile(records);
    if (this.#size() + content.length > MAX_BYTES) return false;
    const name = `${Date.now().toString().padStart(15, '0')}-${process.pid}-${randomBytes(4).toString('hex')}`;
    const temporary = path.join(this.#directory, `${name}.tmp`);
    // 'wx' follows no link and overwrites nothing.
    const file = fs.openSync(temporary, 'wx', 0o600);
    try {
      fs.writeFileSync(file, content);
      fs.fsyncSync(file);
    } catch (error) {
      fs.rmSync(temporary, { force: true });
      throw error;
    } finally {
      fs.closeSync(file);
    }
    fs.renameSync(temporary, path.join(this.#directory, name + SUFFIX));
    this.#sync();
    return true;
  }

  /** Takes the oldest file that no running process has; undefined when there is none. */
  claim(): ClaimedFile | undefined {
    for (const name of fs.readdirSync(this.#directory).sort()) {
      if (!isFree(name)) continue;
      const claimed = path.join(this.#directory, `${name.replace(CLAIMED, SUFFIX)}.${process.pid}`);
      try {
        // Of several processes that try, one succeeds.
        fs.renameSync(path.join(this.#directory, name), claimed);
        if (fs.lstatSync(claimed).isFile()) return this.#open(claimed);
      } catch (error) {
        if (!(error instanceof Error) || Reflect.get(error, 'code') !== 'ENOENT') throw error;
      }
    }
    return undefined;
  }

  #open(claimed: string): ClaimedFile {
    const { records, isDamaged } = decodeFile(fs.readFileSync(claimed));
    const unclaimed = claimed.replace(CLAIMED, SUFFIX);
    return {
      records,
      isDamaged,
      done: () =>
        isDamaged ? fs.renameSync(claimed, unclaimed + DAMAGED_SUFFIX) : fs.rmSync(claimed, { force: true }),
      giveBack: (remaining) => {
        if (remaining.length === records.length) {
          fs.renameSync(claimed, unclaimed);
          return;
        }
        // First the rest, then the removal: a crash in between sends something twice, and loses nothing.
        if (remaining.length > 0) this.write(remaining);
        fs.rmSync(claimed, { force: true });
      },
    };
  }

  #size(): number {
    let bytes = 0;
    for (const name of fs.readdirSync(this.#directory)) bytes += fs.lstatSync(path.join(this.#directory, name)).size;
    return bytes;
  }

  /** Makes a new name in the directory survive a loss of power. */
  #sync(): void {
    if (process.platform === 'win32') return;
    const directory = fs.openSync(this.#directory, 'r');
    try {
      fs.fsyncSync(directory);
    } finally {
      fs.closeSync(directory);
    }
  }
}

function isFree(name: string): boolean {
  if (name.endsWith(SUFFIX)) return true;
  const pid = CLAIMED.exec(name)?.[1];
  return pid !== undefined && Number(pid) !== process.pid && !isRunning(Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return error instanceof Error && Reflect.get(error, 'code') === 'EPERM';
  }
}
