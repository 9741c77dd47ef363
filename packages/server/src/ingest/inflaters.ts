import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { Refusal } from '../otlp/refusal.js';

type Inflater = (wire: Uint8Array) => Transform;

const CHUNK = { chunkSize: 64 * 1024 };

/** The largest zstd window that is accepted, as a power of two: 16 MiB. Levels up to 19 use 8 MiB. */
const ZSTD_WINDOW_LOG = 24;

/** Inflaters by `Content-Encoding`. Each streams its output, so that limits hold while inflating. */
const INFLATERS: ReadonlyMap<string, Inflater> = new Map([
  ['gzip', () => zlib.createGunzip(CHUNK)],
  // HTTP's name for zlib's format; some clients send raw deflate data without the zlib header.
  ['deflate', (wire) => (isZlib(wire) ? zlib.createInflate(CHUNK) : zlib.createInflateRaw(CHUNK))],
  ...zstd(),
]);

/** Throws a `Refusal` (415) for an encoding that this server or its Node does not support. */
export function inflaterFor(encoding: string): Inflater {
  const inflater = INFLATERS.get(encoding);
  if (inflater !== undefined) return inflater;
  const known = [...INFLATERS.keys()].join(', ');
  throw new Refusal(415, `Content-Encoding ${encoding} is not supported; use ${known} or none.`);
}

/** RFC 1950: the method is 8, and the first two bytes are a multiple of 31. */
function isZlib([first = 0, second = 0]: Uint8Array): boolean {
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}

/** Node has zstd from 22.15 on. */
function zstd(): [string, Inflater][] {
  const create: unknown = Reflect.get(zlib, 'createZstdDecompress');
  const windowLogMax: unknown = Reflect.get(zlib.constants, 'ZSTD_d_windowLogMax');
  if (typeof create !== 'function' || typeof windowLogMax !== 'number') return [];
  return [['zstd', () => create({ ...CHUNK, params: { [windowLogMax]: ZSTD_WINDOW_LOG } })]];
}
