import type { Transform } from 'node:stream';
import { plural } from '../base/plural.js';
import type { IngestLimits } from '../otlp/limits.js';
import { Refusal } from '../otlp/refusal.js';
import { inflaterFor } from './inflaters.js';
import type { MemoryShare } from './memory-budget.js';

/**
 * Reads and inflates a request's body, and grows the share by its size. Throws a `Refusal` as soon as a limit is exceeded,
 * without reading further.
 */
export async function readBody(request: Request, limits: IngestLimits, share: MemoryShare): Promise<Uint8Array> {
  const encoding = (request.headers.get('content-encoding') ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return readWire(request, limits.wireBytes, share);
  const inflater = inflaterFor(encoding);
  const wire = await readWire(request, limits.wireBytes, share);
  if (wire.byteLength === 0) return wire;
  return inflateWithin(wire, { encoding, inflating: inflater(wire) }, limits.inflatedBytes, share);
}

async function readWire(request: Request, limit: number, share: MemoryShare): Promise<Uint8Array> {
  const tooLarge = () =>
    new Refusal(413, `The body is larger than ${plural(limit, 'byte')}; send smaller batches or use gzip.`);
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge();
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body) {
      size += chunk.byteLength;
      if (size > limit) throw tooLarge();
      share.grow(chunk.byteLength);
      chunks.push(chunk);
    }
  } catch (error) {
    // Anything else means that the client has gone: no one is left to answer.
    throw error instanceof Refusal ? error : new Refusal(400, 'The body ended before it was complete.');
  }
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size);
}

/** Inflates in chunks: the size of a body is known only as it grows, and many small ones may grow at the same time. */
async function inflateWithin(
  wire: Uint8Array,
  { encoding, inflating }: { readonly encoding: string; readonly inflating: Transform },
  limit: number,
  share: MemoryShare,
): Promise<Uint8Array> {
  inflating.end(wire);
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
