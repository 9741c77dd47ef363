import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { DEFAULT_PROJECT_ID } from '../base/project.js';
import { otlpMediaType, statusResponse } from '../ingest/answer.js';
import type { Principal, ServerEnv } from '../routes/principal.js';
import { onlyLoopbackHosts } from './loopback.js';

/** The key pair of the server's one project. */
export interface Keys {
  readonly publicKey: string;
  readonly secretKey: string;
}

/** Paths that answer without a key: only whether the server is up, no stored data. */
export const OPEN_PATHS: ReadonlySet<string> = new Set(['/health', '/ready', '/api/public/health']);

/** Every accepted client may do everything in the server's one project. */
const OWNER: Principal = { projectId: DEFAULT_PROJECT_ID, rights: new Set(['read', 'write', 'delete']) };

/**
 * Authenticates a request and sets `context.var.principal`. With keys, a client must send them as HTTP Basic `public:secret` in the
 * header; others get a 401, except at `OPEN_PATHS`. Without keys, a client must address this machine by a loopback name.
 */
export function authenticate(keys: Keys | null): MiddlewareHandler<ServerEnv> {
  const check: MiddlewareHandler = keys === null ? onlyLoopbackHosts() : requireKeys(keys);
  return (context, next) => {
    context.set('principal', OWNER);
    return check(context, next);
  };
}

// Hono's basic-auth does not fit: its 401 is not the OTLP status that exporters read, and it rejects keys with a line break.
function requireKeys({ publicKey, secretKey }: Keys): MiddlewareHandler {
  const expected = digest(`${publicKey}:${secretKey}`);
  return async (context, next) => {
    if (OPEN_PATHS.has(context.req.path)) return next();
    const sent = basicCredentials(context.req.header('authorization'));
    // Digests have the same length and are compared in constant time.
    if (sent !== null && timingSafeEqual(digest(sent), expected)) return next();
    const message =
      sent === null
        ? 'This server needs keys; send the public and secret key as HTTP Basic authentication.'
        : 'The public or secret key is wrong; check both.';
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
