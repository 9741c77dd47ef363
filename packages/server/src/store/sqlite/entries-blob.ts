import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { SearchEntry } from '../../search/index.js';

/** Compressing fewer bytes takes longer than it is worth. */
const SHORTEST_TO_COMPRESS = 500;

const PLAIN = 0;
const DEFLATED = 1;

type Row = readonly [
  kind: SearchEntry['kind'],
  observationId: string,
  atMs: number,
  /** The text, or the key of the content that it is. */
  text: string | number,
];

/**
 * The entries as they are stored: a byte for the format, then JSON, compressed where that is worth it. Equal entries give equal bytes
 * while the same of their texts are contents.
 *
 * @param keyOf the key of the content with this text; null if no content has it.
 */
export function writeEntries(
  entries: readonly SearchEntry[],
  keyOf: (text: string) => number | null,
): { readonly bytes: Uint8Array; readonly contentKeys: readonly number[] } {
  const rows = entries.map(
    ({ kind, observationId, atMs, text }): Row => [...([kind, observationId, atMs] as const), keyOf(text) ?? text],
  );
  const json = Buffer.from(JSON.stringify(rows));
  const isLong = json.length >= SHORTEST_TO_COMPRESS;
  const bytes = Buffer.concat([
    Buffer.of(isLong ? DEFLATED : PLAIN),
    isLong ? deflateRawSync(json, { level: 6, memLevel: 5, windowBits: 13 }) : json,
  ]);
  return { bytes, contentKeys: rows.flatMap(([, , , text]) => (typeof text === 'number' ? text : [])) };
}

/** @param textOf the text of a content. */
export function readEntries(bytes: Uint8Array, textOf: (key: number) => string): SearchEntry[] {
  const content = bytes.subarray(1);
  const json = bytes[0] === DEFLATED ? inflateRawSync(content) : Buffer.from(content);
  const rows = JSON.parse(json.toString()) as Row[];
  return rows.map(([kind, observationId, atMs, text]) => ({
    ...{ kind, observationId, atMs },
    text: typeof text === 'number' ? textOf(text) : text,
  }));
}
