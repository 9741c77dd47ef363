import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { otlpMediaType, statusResponse } from '../ingest/answer.js';

/** The key pair of the server's one project. */
export interface Keys {
  readonly publicKey: string;
  readonly secretKey: string;
}

/** What answers without a key: whether the server is up, and nothing of what it holds. */
export const OPEN_PATHS: ReadonlySet<string> = new Set(['/health', '/api/public/health']);

/** Lets in who presents the keys as HTTP Basic `public:secret`, in the header only. Anyone else gets a 401. */
export function createAuthentication({ publicKey, secretKey }: Keys): MiddlewareHandler {
  const expected = digest(`${publicKey}:${secretKey}`);
  return async (context, next) => {
    if (OPEN_PATHS.has(context.req.path)) return next();
    const presented = basicCredentials(context.req.header('authorization'));
    // Digests have one length, and comparing them takes the same time wherever they differ.
    if (presented !== null && timingSafeEqual(digest(presented), expected)) return next();
    const message =
      presented === null
        ? 'This server needs keys: send the public and secret key as HTTP Basic authentication.'
        : 'The public or secret key is wrong.';
    const headers = { 'www-authenticate': 'Basic realm="PowerRAG", charset="UTF-8"' };
    const mediaType = otlpMediaType(context.req.header('content-type'));
    return mediaType === null
      ? context.json({ message }, 401, headers)
      : statusResponse(mediaType, 401, message, headers);
  };
}

function basicCredentials(header: string | undefined): string | null {
  const encoded = /^basic +([A-Za-z0-9+/=]+) *$/i.exec(header ?? '')?.[1];
  return encoded === undefined ? null : Buffer.from(encoded, 'base64').toString('utf8');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
