import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { SearchEntry } from '../../search/index.js';

/** Compressing fewer bytes takes longer than it is worth. */
const SHORTEST_TO_COMPRESS = 500;

const PLAIN = 0;
const DEFLATED = 1;

/** The entries as they are stored: a byte for the format, then JSON, compressed where that is worth it. Equal entries give equal bytes. */
export function writeEntries(entries: readonly SearchEntry[]): Uint8Array {
  const json = Buffer.from(
    JSON.stringify(entries.map(({ kind, observationId, atMs, text }) => [kind, observationId, atMs, text])),
  );
  const isLong = json.length >= SHORTEST_TO_COMPRESS;
  return Buffer.concat([
    Buffer.of(isLong ? DEFLATED : PLAIN),
    isLong ? deflateRawSync(json, { level: 6, memLevel: 5, windowBits: 13 }) : json,
  ]);
}

export function readEntries(bytes: Uint8Array): SearchEntry[] {
  const content = bytes.subarray(1);
  const json = bytes[0] === DEFLATED ? inflateRawSync(content) : Buffer.from(content);
  const rows = JSON.parse(json.toString()) as [SearchEntry['kind'], string, number, string][];
  return rows.map(([kind, observationId, atMs, text]) => ({ kind, observationId, atMs, text }));
}
