import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { IngestLimits } from './limits.js';
import { Refusal } from './refusal.js';

const inflate = promisify(gunzip);

/** Reads a request's body, inflated. Throws a `Refusal` as soon as a limit is passed, without reading on. */
export async function readBody(request: Request, limits: IngestLimits): Promise<Uint8Array> {
  const encoding = (request.headers.get('content-encoding') ?? 'identity').trim().toLowerCase();
  if (encoding !== 'gzip' && encoding !== 'identity' && encoding !== '') {
    throw new Refusal(415, `Content-Encoding ${encoding} is not supported; use gzip or none.`);
  }
  const wire = await readWire(request, limits.wireBytes);
  if (encoding !== 'gzip' || wire.byteLength === 0) return wire;
  return inflateWithin(wire, limits.inflatedBytes);
}

async function readWire(request: Request, limit: number): Promise<Uint8Array> {
  const tooLarge = () => new Refusal(413, `The body is larger than ${limit} bytes; send smaller batches or use gzip.`);
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge();
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > limit) throw tooLarge();
    chunks.push(chunk);
  }
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size);
}

async function inflateWithin(wire: Uint8Array, limit: number): Promise<Uint8Array> {
  try {
    return await inflate(wire, { maxOutputLength: limit });
  } catch (error) {
    if (error instanceof RangeError) {
      throw new Refusal(413, `The body inflates to more than ${limit} bytes; send smaller batches.`);
    }
    throw new Refusal(400, `The body is not valid gzip: ${error instanceof Error ? error.message : String(error)}`);
  }
}
