import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type { Log } from '../base/log.js';
import { Refusal } from '../otlp/refusal.js';
import { lacksRight, type ServerEnv } from '../routes/principal.js';
import { Unstorable } from '../store/contract.js';
import { StoreUnavailable } from '../store/unavailable.js';
import { type OtlpMediaType, otlpMediaType, statusResponse } from './answer.js';

/** Seconds after which a client may retry when the server could not take its batch and has no better estimate. */
const RETRY_AFTER_S = 5;

/** The `Retry-After` header of a refusal. */
function retryAfter({ retryAfterS }: Refusal): string {
  return String(retryAfterS ?? RETRY_AFTER_S);
}

/**
 * `POST` of OTLP at these paths: answers what `take` returns, or for an error a `Status` in the encoding of the request. `POST` alone
 * is answered below any other path too where it ends as the first of them does, as in `/api/otel/v1/traces`: OTLP/HTTP appends its path
 * to whatever address an exporter is given.
 *
 * @param operation describes the route.
 * @param take gets requests with OTLP's content types from principals with the right to write. Throws a `Refusal` or an error of the store.
 */
export function otlpEndpoint(
  paths: readonly [standard: string, ...others: string[]],
  log: Log,
  operation: MiddlewareHandler,
  take: (context: Context<ServerEnv>, mediaType: OtlpMediaType, projectId: string) => Promise<Response>,
): Hono<ServerEnv> {
  async function answer(context: Context<ServerEnv>): Promise<Response> {
    const { projectId, rights } = context.var.principal;
    const given = context.req.header('content-type') ?? null;
    const mediaType = otlpMediaType(given);
    if (mediaType === null) {
      const message = `Content-Type ${given ?? 'none'} is not supported; use application/x-protobuf or application/json.`;
      return statusResponse('application/json', 415, message, { connection: 'close' });
    }
    if (!rights.has('write')) return statusResponse(mediaType, 403, lacksRight('write'), { connection: 'close' });
    try {
      return await take(context, mediaType, projectId);
    } catch (error) {
      const refusal = toRefusal(error, log);
      return statusResponse(mediaType, refusal.status, refusal.message, headersOf(refusal));
    }
  }

  const app = new Hono<ServerEnv>();
  for (const path of paths) {
    app.post(path, operation, answer);
    app.all(path, (context) => {
      const mediaType = otlpMediaType(context.req.header('content-type')) ?? 'application/json';
      return statusResponse(mediaType, 405, `${path} takes POST.`, { allow: 'POST' });
    });
  }
  // As a pattern with a parameter before the path, it would take Hono's faster router from all routes.
  app.post('*', (context, next) => (context.req.path.endsWith(paths[0]) ? answer(context) : next()));
  return app;
}

/** Headers of the answer to a refused body. */
export function headersOf(refusal: Refusal): Record<string, string> {
  if (refusal.status === 400) return {};
  // A client that retries soon keeps its connection; the rest of its body is read and discarded.
  if (refusal.status === 503) return { 'retry-after': retryAfter(refusal) };
  // Otherwise the unread rest of the body would come before the next request on the connection.
  return { connection: 'close' };
}

/** The answer to an error; an error that the client cannot fix is logged. */
export function toRefusal(error: unknown, log: Log): Refusal {
  if (error instanceof Refusal) return error;
  // The store logs this once, not with every batch.
  if (error instanceof StoreUnavailable) return new Refusal(503, error.message);
  log.error('could not store a batch', error);
  return error instanceof Unstorable
    ? new Refusal(400, 'The batch holds what can never be stored; the log of the server says why.')
    : new Refusal(503, 'The server could not store this batch; send it again.');
}
