import type { MiddlewareHandler } from 'hono';
import type { Log } from '../base/log.js';

/** What a client that sends OTLP over gRPC has to change. */
export const NO_GRPC =
  'OTLP over gRPC is not taken; set the exporter to HTTP: OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf, on this same port.';

/** Refuses gRPC and tells the client what to do instead; also logged once. */
export function refuseGrpc(log: Log): MiddlewareHandler {
  let isSaid = false;
  return async (context, next) => {
    const type = context.req.header('content-type')?.trim().toLowerCase() ?? '';
    if (!type.startsWith('application/grpc')) return next();
    if (!isSaid) log.error(NO_GRPC);
    isSaid = true;
    return context.json({ message: NO_GRPC }, 415, { connection: 'close' });
  };
}
