import { promisify } from 'node:util';
import { brotliDecompress, unzip } from 'node:zlib';
import type { SendResult } from '../base/send-result.js';
import { readExportResponse, readStatusMessage } from './export-response.js';
import type { HttpAnswer } from './http-client.js';
import { retryAfterMs } from './retry-after.js';

/** Most bytes to read of an answer, compressed or not. */
const MAX_BYTES = 64 * 1024;
/** OTLP/HTTP allows retries only for these statuses, and when there is no answer. */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);

const inflate = { gzip: promisify(unzip), deflate: promisify(unzip), br: promisify(brotliDecompress) };

/** Translates the HTTP answer to an export request. Only this folder knows status codes. */
export async function readAnswer(
  { body, headers, statusCode }: HttpAnswer,
  url: URL,
  wallNow: () => number,
): Promise<SendResult> {
  const content = await inflated(await readLimited(body), headers['content-encoding']);
  const contentType = String(headers['content-type'] ?? '');
  if (statusCode >= 200 && statusCode < 300) return { status: 'accepted', ...readExportResponse(content, contentType) };
  const reason = readStatusMessage(content, contentType)?.replace(/\.$/, '');
  const message = `the server answered ${statusCode}${reason === undefined ? '' : `: ${reason}`}`;
  if (RETRYABLE.has(statusCode)) {
    return { status: 'retryable', afterMs: retryAfterMs(headers['retry-after'], wallNow()), message, statusCode };
  }
  if (statusCode === 401 || statusCode === 403) return { status: 'unauthorized', message, statusCode };
  if (statusCode === 413) return { status: 'too_large', message, statusCode };
  return { status: 'refused', message: message + hint(statusCode, url, headers.location), statusCode };
}

function hint(statusCode: number, url: URL, location: string | string[] | undefined): string {
  if (statusCode === 404 || statusCode === 405) {
    return (
      `. ${url.origin}${url.pathname} does not accept spans: is baseUrl that of a PowerRAG or Langfuse server, ` +
      'including the path it is served under and nothing more?'
    );
  }
  if (statusCode < 300 || statusCode >= 400) return '';
  const target =
    typeof location === 'string' && URL.canParse(location, url.href) ? new URL(location, url).origin : undefined;
  return `. Redirects are not followed, because that would send the keys elsewhere. Set baseUrl to the URL of the server${
    target === undefined ? '' : `; it points to ${target}`
  }.`;
}

/** The body; empty if it is too long or breaks off, because the status is enough. Leaving the loop early closes the connection. */
async function readLimited(body: HttpAnswer['body']): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      const part = Buffer.from(chunk);
      bytes += part.length;
      if (bytes > MAX_BYTES) return Buffer.alloc(0);
      chunks.push(part);
    }
  } catch {
    return Buffer.alloc(0);
  }
  return Buffer.concat(chunks);
}

/** Decompresses the body: some proxies compress although we ask for `identity`. Empty if the result is over the limit. */
async function inflated(body: Buffer, encoding: string | string[] | undefined): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity' || body.length === 0) return body;
  if (encoding !== 'gzip' && encoding !== 'deflate' && encoding !== 'br') return Buffer.alloc(0);
  try {
    return await inflate[encoding](body, { maxOutputLength: MAX_BYTES });
  } catch {
    return Buffer.alloc(0);
  }
}
