import { plural } from '../base/plural.js';
import type { IngestLimits } from '../otlp/limits.js';
import { Refusal } from '../otlp/refusal.js';
import { inflaterFor } from './inflaters.js';
import type { MemoryShare } from './memory-budget.js';

/** A request's body as sent. */
export interface SentBody {
  /** In their own buffer, which can be transferred to another thread. */
  readonly bytes: Uint8Array;
  /** Its `Content-Encoding` in lower case; `identity` for none. */
  readonly encoding: string;
}

/** Memory for a body whose length is not announced, to begin with. */
const FIRST_BYTES = 64 * 1024;

/** Reads and inflates a request's body. Throws like `readSent` and `inflate`. */
export async function readBody(request: Request, limits: IngestLimits, share: MemoryShare): Promise<Uint8Array> {
  return inflate(await readSent(request, limits, share), limits, share);
}

/**
 * Reads a request's body and grows the share by its size. Throws a `Refusal`: 415 for an unknown encoding, before reading; 413 as
 * soon as the body exceeds the limit, without reading further; 400 if the client has disconnected.
 */
export async function readSent(request: Request, limits: IngestLimits, share: MemoryShare): Promise<SentBody> {
  const encoding = (request.headers.get('content-encoding') ?? '').trim().toLowerCase() || 'identity';
  if (encoding !== 'identity') inflaterFor(encoding);
  return { bytes: await readWire(request, limits.wireBytes, share), encoding };
}

async function readWire(request: Request, limit: number, share: MemoryShare): Promise<Uint8Array> {
  const tooLarge = () =>
    new Refusal(413, `The body is larger than ${plural(limit, 'byte')}; send smaller batches or use gzip.`);
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > limit) throw tooLarge();
  if (request.body === null) return new Uint8Array();
  // Memory of its own: what a socket gave may share its memory with other requests. It takes none before it is written to.
  let body = new Uint8Array(announced > 0 ? announced : FIRST_BYTES);
  let size = 0;
  try {
    for await (const chunk of request.body) {
      size += chunk.byteLength;
      if (size > limit) throw tooLarge();
      share.grow(chunk.byteLength);
      if (size > body.byteLength) body = grown(body, Math.max(size, body.byteLength * 2));
      body.set(chunk, size - chunk.byteLength);
    }
  } catch (error) {
    // Any other error means that the client has disconnected.
    throw error instanceof Refusal ? error : new Refusal(400, 'The body ended before it was complete.');
  }
  return size === body.byteLength ? body : body.slice(0, size);
}

function grown(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(size);
  larger.set(bytes);
  return larger;
}

/**
 * Inflates a body in chunks, because its size is not known before, and grows the share by each. Throws a `Refusal`: 413 as soon
 * as the limit is exceeded, 400 if the bytes are not valid in their encoding.
 */
export async function inflate(
  { bytes, encoding }: SentBody,
  { inflatedBytes: limit }: IngestLimits,
  share: MemoryShare,
): Promise<Uint8Array> {
  if (encoding === 'identity' || bytes.byteLength === 0) return bytes;
  const inflating = inflaterFor(encoding)(bytes);
  inflating.end(bytes);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of inflating as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > limit) {
        throw new Refusal(413, `The body inflates to more than ${plural(limit, 'byte')}; send smaller batches.`);
      }
      share.grow(chunk.byteLength);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(
      400,
      `The body is not valid ${encoding}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return Buffer.concat(chunks, size);
}
