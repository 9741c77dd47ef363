import type { Transform } from 'node:stream';
import { counted } from '../base/counted.js';
import type { IngestLimits } from '../otlp/limits.js';
import { Refusal } from '../otlp/refusal.js';
import { inflaterFor } from './inflaters.js';
import type { MemoryShare } from './memory-budget.js';

/**
 * Reads a request's body, inflated, growing the share by what it takes. Throws a `Refusal` as soon as a limit is passed,
 * without reading on.
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
    new Refusal(413, `The body is larger than ${counted(limit, 'byte')}; send smaller batches or use gzip.`);
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
    // Anything else is the connection's end: there is nobody left to answer, and nothing here to mend.
    throw error instanceof Refusal ? error : new Refusal(400, 'The body ended before it was complete.');
  }
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size);
}

/** Inflates piece by piece: what a body grows to is known only as it grows, and many small ones may grow at once. */
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
        throw new Refusal(413, `The body inflates to more than ${counted(limit, 'byte')}; send smaller batches.`);
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
