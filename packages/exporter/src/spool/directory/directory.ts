import fs from 'node:fs';
import path from 'node:path';
import { formatName, type Holder, type JournalName, parseName } from './owner.js';

/** A journal's directory as of the last look. */
export interface Entry extends JournalName {
  readonly path: string;
  /** Modification time, which the holder updates while it is alive. */
  readonly heartbeatMs: number;
}

const UNSUPPORTED: ReadonlySet<unknown> = new Set(['EINVAL', 'ENOTSUP', 'ENOSYS']);
const SEGMENT_NAME = /^(\d{6,12})\.seg$/;

/**
 * The spool directory, which several processes may share. It contains one directory per journal, named after its holder. A
 * process takes over a journal by renaming it, so only one of several can succeed. Methods throw what the file system throws.
 */
export class SpoolDirectory {
  readonly path: string;

  /**
   * Creates the directory with mode 0700 if it is missing.
   * @throws when it is a symbolic link, not a directory, or belongs to another user, who could read the spans.
   */
  constructor(directory: string) {
    this.path = path.resolve(directory);
    this.make();
  }

  make(): void {
    makeDirectory(this.path);
    const stat = fs.lstatSync(this.path);
    if (!stat.isDirectory()) throw new Error(`${this.path} is a symbolic link or not a directory`);
    if (!isOwn(stat)) throw new Error(`${this.path} belongs to another user`);
    if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0) fs.chmodSync(this.path, 0o700);
  }

  /** Creates an empty journal and returns its path. */
  create(name: JournalName): string {
    this.make();
    const created = path.join(this.path, formatName(name));
    fs.mkdirSync(created, { mode: 0o700 });
    return created;
  }

  /** The journals, oldest first, and the number of files of other programs. */
  async list(): Promise<{ readonly entries: Entry[]; readonly strange: number }> {
    const entries: Entry[] = [];
    let strange = 0;
    for (const name of (await fs.promises.readdir(this.path)).sort()) {
      const parsed = parseName(name);
      const entry = path.join(this.path, name);
      const stat = await fs.promises.lstat(entry).catch(() => undefined);
      // Removed or taken over in the meantime.
      if (stat === undefined) continue;
      if (parsed && stat.isDirectory() && isOwn(stat))
        entries.push({ ...parsed, path: entry, heartbeatMs: stat.mtimeMs });
      else strange += 1;
    }
    return { entries, strange };
  }

  /** Bytes of each journal by origin. Synchronous. */
  bytesNow(): Map<string, number> {
    const bytes = new Map<string, number>();
    for (const name of fs.readdirSync(this.path)) {
      const parsed = parseName(name);
      if (parsed) bytes.set(parsed.origin, bytesInNow(path.join(this.path, name)));
    }
    return bytes;
  }

  /** Takes over a journal and returns its new path; undefined when another process was faster. */
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

  /** Releases a journal, so that any process may take it over. */
  free(journal: string, origin: string): void {
    fs.renameSync(journal, path.join(this.path, formatName({ origin, holder: undefined })));
  }
}

/**
 * Creates a directory and its parents. Not with `recursive: true`, with which Node 20 never returns if the parent exists but
 * cannot contain directories, such as /proc.
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

/** Numbers and sizes of a journal's segments, ascending. Ignores other files. */
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

/** Bytes of a journal of another holder; 0 when it no longer exists. */
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
    // It no longer exists, or may not be read.
    return 0;
  }
}

/** Syncs a directory, so that files created or removed in it stay so after a power failure. */
export function syncNamesNow(directory: string): void {
  // Not possible on Windows.
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

/** As `syncNamesNow`, in the background. */
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

/** Some network file systems can sync files but not directories. */
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

/** Whether the error is about a shortage that may pass, such as of file handles. */
export function isPassing(error: unknown): boolean {
  return PASSING.has(codeOf(error));
}

function isOwn(stat: fs.Stats): boolean {
  return process.getuid === undefined || stat.uid === process.getuid();
}
