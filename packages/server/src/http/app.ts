import { Hono } from 'hono';
import { otlpMediaType, statusResponse } from '../ingest/answer.js';
import { Changes } from '../live/changes.js';
import { ServerMetrics } from '../metrics/server-metrics.js';
import type { ServerEnv } from '../routes/principal.js';
import { authenticate, type Keys } from './authentication.js';
import { answerErrors } from './errors.js';
import { refuseGrpc } from './grpc.js';
import { useInstead } from './instead.js';
import { measureRequests } from './metrics.js';
import { onlyValidHosts, refuseCrossSite } from './origin.js';
import { notFoundPage } from './page.js';
import { createRoutes, type RoutesDeps } from './routes.js';
import { securityHeaders } from './security-headers.js';
import { UnknownPaths } from './unknown-paths.js';

/** `Omit` for each member of a union. */
type OmitOfEach<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

export type AppDeps = OmitOfEach<RoutesDeps, 'changes'> & {
  /** Announces changes of stored data; the caller closes it when the server stops. Default: a new one. */
  readonly changes?: Changes;
  /** The keys that clients must send; null for a server that only this machine can reach. */
  readonly keys: Keys | null;
};

/** The whole server as a function from request to response. */
export function createApp(deps: AppDeps): Hono<ServerEnv> {
  const { changes = new Changes(), keys, log, metrics = new ServerMetrics(deps.version) } = deps;
  const app = new Hono<ServerEnv>();
  app.use(measureRequests(metrics, log));
  app.use(securityHeaders());
  app.use(onlyValidHosts());
  app.use(refuseGrpc(log));
  app.use('/api/*', refuseCrossSite());
  const { signed, keyed } = createRoutes({ ...deps, changes, metrics });
  app.route('/', signed);
  app.use(authenticate(keys));
  app.route('/', keyed);

  const unknownPaths = new UnknownPaths(log);
  app.notFound((context) => {
    const shown = notFoundPage(context, deps.page);
    if (shown !== null) return shown;
    const { method, path } = context.req;
    unknownPaths.note(method, path, context.req.header('user-agent'));
    const message = `There is no ${method} ${path}. ${useInstead(path)}`;
    const mediaType = otlpMediaType(context.req.header('content-type'));
    return mediaType === null ? context.json({ message }, 404) : statusResponse(mediaType, 404, message);
  });
  app.onError(answerErrors(log));
  return app;
}
