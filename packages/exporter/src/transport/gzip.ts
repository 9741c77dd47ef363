import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const gzipAsync = promisify(gzip);
/** Smaller bodies fit into one packet anyway. */
const MIN_BYTES = 1_024;

/** Compresses a body on Node's thread pool, at the fastest level. */
export async function gzipBody(body: Buffer): Promise<{ body: Buffer; contentEncoding: string | undefined }> {
  if (body.length < MIN_BYTES) return { body, contentEncoding: undefined };
  return { body: await gzipAsync(body, { level: 1 }), contentEncoding: 'gzip' };
}
