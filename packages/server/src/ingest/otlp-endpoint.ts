import { Hono, type MiddlewareHandler } from 'hono';
import type { Log } from '../base/log.js';
import { Refusal } from '../otlp/refusal.js';
import { lacksRight, type Principal, type ServerEnv } from '../routes/principal.js';
import { Unstorable } from '../store/contract.js';
import { StoreUnavailable } from '../store/unavailable.js';
import { type OtlpMediaType, otlpMediaType, statusResponse } from './answer.js';

/** Seconds after which a sender may come back when the server could not take its batch. */
const RETRY_AFTER_S = '5';

/**
 * `POST` of OTLP at these paths: what `take` answers, or a `Status` in the encoding of the request for what it throws.
 *
 * @param operation describes the route.
 * @param take gets what OTLP's content types allow, of a principal who may write. Throws a `Refusal`, or what a store throws.
 */
export function otlpEndpoint(
  paths: readonly string[],
  log: Log,
  operation: MiddlewareHandler,
  take: (request: Request, mediaType: OtlpMediaType, projectId: string) => Promise<Response>,
): Hono<ServerEnv> {
  async function answer(request: Request, { projectId, rights }: Principal): Promise<Response> {
    const given = request.headers.get('content-type');
    const mediaType = otlpMediaType(given);
    if (mediaType === null) {
      const message = `Content-Type ${given ?? 'none'} is not supported; use application/x-protobuf or application/json.`;
      return statusResponse('application/json', 415, message, { connection: 'close' });
    }
    if (!rights.has('write')) return statusResponse(mediaType, 403, lacksRight('write'), { connection: 'close' });
    try {
      return await take(request, mediaType, projectId);
    } catch (error) {
      const { status, message } = toRefusal(error, log);
      const headers: Record<string, string> = {};
      if (status === 503) headers['retry-after'] = RETRY_AFTER_S;
      // What was not read of the body would stand before the connection's next request.
      if (status !== 400) headers.connection = 'close';
      return statusResponse(mediaType, status, message, headers);
    }
  }

  const app = new Hono<ServerEnv>();
  for (const path of paths) {
    app.post(path, operation, (context) => answer(context.req.raw, context.var.principal));
    app.all(path, (context) => {
      const mediaType = otlpMediaType(context.req.header('content-type')) ?? 'application/json';
      return statusResponse(mediaType, 405, `${path} takes POST.`, { allow: 'POST' });
    });
  }
  return app;
}

/** What a sender is told of an error; one that it can do nothing about is in the log. */
export function toRefusal(error: unknown, log: Log): Refusal {
  if (error instanceof Refusal) return error;
  // Said in the log once, by the store, not with every batch.
  if (error instanceof StoreUnavailable) return new Refusal(503, error.message);
  log.error('could not store a batch', error);
  return error instanceof Unstorable
    ? new Refusal(400, 'The batch holds what can never be stored; the log of the server says why.')
    : new Refusal(503, 'The server could not store this batch; send it again.');
}
