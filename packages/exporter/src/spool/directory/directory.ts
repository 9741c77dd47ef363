import fs from 'node:fs';
import path from 'node:path';
import { formatName, type Holder, type JournalName, parseName } from './owner.js';

/** A journal's directory as it was seen. */
export interface Entry extends JournalName {
  readonly path: string;
  /** Moves on while its holder lives. */
  readonly heartbeatMs: number;
}

const UNSUPPORTED: ReadonlySet<unknown> = new Set(['EINVAL', 'ENOTSUP', 'ENOSYS']);
const SEGMENT_NAME = /^(\d{6,12})\.seg$/;

/**
 * The directory that several processes may share: one directory a journal, named after who holds it. To take a journal is to
 * rename it, so of several that try one succeeds. Methods throw what the file system throws.
 */
export class SpoolDirectory {
  readonly path: string;

  /**
   * Makes the directory (mode 0700) if it is not there.
   * @throws when it is a symbolic link, no directory, or another user's: somebody else could read what is put there.
   */
  constructor(directory: string) {
    this.path = path.resolve(directory);
    this.make();
  }

  make(): void {
    makeDirectory(this.path);
    const stat = fs.lstatSync(this.path);
    if (!stat.isDirectory()) throw new Error(`${this.path} is no directory of its own`);
    if (!isOwn(stat)) throw new Error(`${this.path} belongs to another user`);
    if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0) fs.chmodSync(this.path, 0o700);
  }

  /** A new, empty journal. Its path. */
  create(name: JournalName): string {
    this.make();
    const created = path.join(this.path, formatName(name));
    fs.mkdirSync(created, { mode: 0o700 });
    return created;
  }

  /** Journals, oldest first, and how many things there are not the spool's. */
  async list(): Promise<{ readonly entries: Entry[]; readonly strange: number }> {
    const entries: Entry[] = [];
    let strange = 0;
    for (const name of (await fs.promises.readdir(this.path)).sort()) {
      const parsed = parseName(name);
      const entry = path.join(this.path, name);
      const stat = await fs.promises.lstat(entry).catch(() => undefined);
      // Gone since: taken by another process, or finished.
      if (stat === undefined) continue;
      if (parsed && stat.isDirectory() && isOwn(stat))
        entries.push({ ...parsed, path: entry, heartbeatMs: stat.mtimeMs });
      else strange += 1;
    }
    return { entries, strange };
  }

  /** Bytes of each journal, by its origin. Synchronous. */
  bytesNow(): Map<string, number> {
    const bytes = new Map<string, number>();
    for (const name of fs.readdirSync(this.path)) {
      const parsed = parseName(name);
      if (parsed) bytes.set(parsed.origin, bytesInNow(path.join(this.path, name)));
    }
    return bytes;
  }

  /** Renames a journal. Undefined when another process was faster. */
  async take(entry: Entry, holder: Holder): Promise<string | undefined> {
    const taken = path.join(this.path, formatName({ origin: entry.origin, holder }));
    try {
      await fs.promises.rename(entry.path, taken);
      return taken;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Lets any process take a journal. */
  free(journal: string, origin: string): void {
    fs.renameSync(journal, path.join(this.path, formatName({ origin, holder: undefined })));
  }
}

/**
 * Makes a directory, and those that it is in. Not by `recursive: true`: with that, Node 20 never returns where the parent is
 * there and yet takes no directory, as /proc.
 */
function makeDirectory(directory: string): void {
  for (const isFirst of [true, false]) {
    try {
      fs.mkdirSync(directory, { mode: 0o700 });
      return;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return;
      const parent = path.dirname(directory);
      if (codeOf(error) !== 'ENOENT' || !isFirst || parent === directory) throw error;
      makeDirectory(parent);
    }
  }
}

/** The numbers of a journal's segments, ascending, with their sizes. Other files are left out. */
export function segmentsIn(journal: string): { readonly number: number; readonly bytes: number }[] {
  const segments: { number: number; bytes: number }[] = [];
  for (const name of fs.readdirSync(journal)) {
    const number = SEGMENT_NAME.exec(name)?.[1];
    if (number === undefined) continue;
    const stat = fs.lstatSync(path.join(journal, name));
    if (stat.isFile() && isOwn(stat)) segments.push({ number: Number(number), bytes: stat.size });
  }
  return segments.sort((a, b) => a.number - b.number);
}

/** Bytes of a journal that somebody else holds: 0 when it is gone. */
export async function bytesIn(journal: string): Promise<number> {
  let bytes = 0;
  for (const name of await fs.promises.readdir(journal).catch(() => [])) {
    const stat = await fs.promises.lstat(path.join(journal, name)).catch(() => undefined);
    bytes += stat?.size ?? 0;
  }
  return bytes;
}

function bytesInNow(journal: string): number {
  try {
    return segmentsIn(journal).reduce((sum, { bytes }) => sum + bytes, 0);
  } catch {
    // As above, or it may not be read.
    return 0;
  }
}

/** Makes names that are new in a directory, or gone from it, survive a loss of power. */
export function syncNamesNow(directory: string): void {
  // Windows knows no such thing.
  if (process.platform === 'win32') return;
  const descriptor = fs.openSync(directory, 'r');
  try {
    fs.fsyncSync(descriptor);
  } catch (error) {
    if (!cannotBeSynced(error)) throw error;
  } finally {
    fs.closeSync(descriptor);
  }
}

/** The same on another thread. */
export async function syncNames(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const file = await fs.promises.open(directory, 'r');
  try {
    await file.sync();
  } catch (error) {
    if (!cannotBeSynced(error)) throw error;
  } finally {
    await file.close();
  }
}

/** Some network and shared file systems sync files, and know nothing of the kind for a directory. */
function cannotBeSynced(error: unknown): boolean {
  return UNSUPPORTED.has(codeOf(error));
}

export function segmentName(number: number): string {
  return `${number.toString().padStart(6, '0')}.seg`;
}

export function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, 'code') : undefined;
}

const PASSING: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EBUSY']);

/** Whether the process, or the system, has run out of something that it will have again. */
export function isPassing(error: unknown): boolean {
  return PASSING.has(codeOf(error));
}

function isOwn(stat: fs.Stats): boolean {
  return process.getuid === undefined || stat.uid === process.getuid();
}
