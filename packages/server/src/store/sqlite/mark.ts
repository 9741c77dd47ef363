import { closeSync, openSync, readSync } from 'node:fs';

/**
 * Who writes a database: the random token of a server, and the number of the transaction. Each transaction writes the next
 * number, so the mark tells which of two states of a database is older. It is a text of fixed length, so that it can be found in
 * the bytes of a page.
 */
export interface Mark {
  readonly token: string;
  readonly generation: number;
}

const PREFIX = 'PowerRAG-owner:';
const MARK = /PowerRAG-owner:([0-9a-f]{32}):(\d{16})/g;

export function markText({ token, generation }: Mark): string {
  return `${PREFIX}${token}:${String(generation).padStart(16, '0')}`;
}

/** The latest mark in a text or in the bytes of a page, which may still contain earlier ones; null when there is none. */
export function findMark(where: string | Uint8Array): Mark | null {
  const text = typeof where === 'string' ? where : Buffer.from(where).toString('latin1');
  let latest: Mark | null = null;
  for (const [, token = '', digits = ''] of text.matchAll(MARK)) {
    const generation = Number(digits);
    if (latest === null || generation > latest.generation) latest = { token, generation };
  }
  return latest;
}

/** Reads a page, counted from 1, from an open file. Shorter when the file ends earlier. */
export function readPage(descriptor: number, page: number, pageSize: number): Uint8Array {
  const bytes = Buffer.alloc(pageSize);
  return bytes.subarray(0, readSync(descriptor, bytes, 0, pageSize, (page - 1) * pageSize));
}

const WAL_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/**
 * Whether the write-ahead log beside a database belongs to that file. It does not when the file was replaced, for instance by a
 * backup: SQLite would then mix the two. True unless there is evidence against it. Only while no connection is open: closing a
 * file releases the process's locks on it.
 *
 * Format: https://www.sqlite.org/fileformat2.html#walformat
 */
export function isLogOf(logFile: string, databaseFile: string): boolean {
  const log = openSync(logFile, 'r');
  try {
    const header = Buffer.alloc(WAL_HEADER_BYTES);
    if (readSync(log, header, 0, WAL_HEADER_BYTES, 0) < WAL_HEADER_BYTES) return true;
    const pageSize = header.readUInt32BE(8);
    if (pageSize < 512 || pageSize > 65_536) return true;
    const first = firstMark(log, header, pageSize);
    if (first === null) return true;
    const database = openSync(databaseFile, 'r');
    try {
      const base = findMark(readPage(database, first.page, pageSize));
      // The log starts where the file then was, or lies behind the file where it was moved there already.
      if (base === null) return first.mark.generation <= 1;
      const missing = first.mark.generation - base.generation;
      return missing === 1 || (missing < 1 && base.token === first.mark.token);
    } finally {
      closeSync(database);
    }
  } finally {
    closeSync(log);
  }
}

function firstMark(log: number, header: Buffer, pageSize: number): { mark: Mark; page: number } | null {
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + pageSize);
  for (let at = WAL_HEADER_BYTES; readSync(log, frame, 0, frame.length, at) === frame.length; at += frame.length) {
    // Frames with other salts are left from before the log was started over.
    if (frame.compare(header, 16, 24, 8, 16) !== 0) return null;
    const mark = findMark(frame.subarray(FRAME_HEADER_BYTES));
    if (mark !== null) return { mark, page: frame.readUInt32BE(0) };
  }
  return null;
}
