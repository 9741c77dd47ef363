import { OTLP_TRACES_PATH, TRACES_PATH } from '@powerrag/protocol';
import { Hono } from 'hono';
import { withEvaluations } from '../annotations/evaluations.js';
import { type AnnotationsDeps, createAnnotations } from '../annotations/http.js';
import { DEFAULT_PROJECT_ID } from '../base/project.js';
import { ClientReports } from '../clients/client-reports.js';
import { otlpMediaType, statusResponse } from '../ingest/answer.js';
import { createIngest, type IngestDeps } from '../ingest/http.js';
import { MemoryBudget } from '../ingest/memory-budget.js';
import { createLangfuseBatch, type LangfuseBatchDeps } from '../langfuse-batch/http.js';
import { Changes } from '../live/changes.js';
import { createLogs, type LogsDeps } from '../logs/http.js';
import { withLogWords } from '../logs/join-words.js';
import { logEventsWithMediaCut, piecesWithMediaCut, withMediaCut } from '../media/cut-writers.js';
import { createMedia, type MediaDeps } from '../media/http.js';
import { createClientReportsApi } from '../read/client-reports.js';
import { createReadApi } from '../read/index.js';
import type { SessionReader } from '../store/contract.js';
import { InvalidCursor } from '../store/cursor.js';
import { createAuthentication, type Keys, OPEN_PATHS } from './authentication.js';
import { refuseGrpc } from './grpc.js';
import { createLangfuseHelpers } from './langfuse-helpers.js';
import { onlyLoopbackHosts } from './loopback.js';
import { onlyValidHosts, refuseCrossSite } from './origin.js';
import { createPageRoutes, type PageFiles } from './page.js';
import { UnknownPaths } from './unknown-paths.js';

export interface AppDeps
  extends IngestDeps,
    Pick<LangfuseBatchDeps, 'pieces'>,
    Pick<LogsDeps, 'logEvents'>,
    Pick<AnnotationsDeps, 'annotations'>,
    Pick<MediaDeps, 'media'> {
  readonly reader: SessionReader;
  /** Of what is stored; closed by whoever stops the server. Default: some of its own. */
  readonly changes?: Changes;
  /** What a client must present; null lets everybody in who names this machine, which is for a loopback address only. */
  readonly keys: Keys | null;
  /** The files of the page; null when it has not been built. */
  readonly page: PageFiles | null;
  readonly version: string;
  /** Why nothing can be stored now, in words for a client; null when all is well. Default: all is well. */
  readonly trouble?: () => string | null;
}

/** The whole server as a function from request to response. */
export function createApp(deps: AppDeps): Hono {
  const { reader, changes = new Changes(), keys, page, version, log } = deps;
  const app = new Hono();
  const clientReports = new ClientReports({ log });
  const budget = new MemoryBudget(deps.limits.bytesInWork);
  const media = createMedia({ ...deps, budget });

  app.use(async (context, next) => {
    await next();
    context.header('x-content-type-options', 'nosniff');
    context.header('referrer-policy', 'no-referrer');
  });
  app.use(onlyValidHosts());
  app.use(refuseGrpc(log));
  app.use('/api/*', refuseCrossSite());
  app.route('/', media.signed);
  app.use(keys === null ? onlyLoopbackHosts() : createAuthentication(keys));

  for (const path of OPEN_PATHS) {
    app.get(path, (context, next) => {
      const message = deps.trouble?.() ?? null;
      return message === null ? next() : context.json({ status: 'failing', version, message }, 503);
    });
  }
  app.get('/health', (context) => context.json({ status: 'ok', version }));
  const writer = changes.of(withEvaluations(withMediaCut(deps.writer, deps.media), deps.annotations));
  const pieces = piecesWithMediaCut(deps.pieces, deps.media);
  const logEvents = logEventsWithMediaCut(deps.logEvents, deps.media);
  app.route('/', createIngest({ ...deps, writer, clientReports, budget }));
  app.route('/', createLangfuseBatch({ ...deps, pieces, budget, changes }));
  app.route('/', createLogs({ ...deps, logEvents, budget, changes }));
  app.route('/', media.keyed);
  app.route('/', createAnnotations({ ...deps, budget, changes }));
  app.route('/', createLangfuseHelpers(version));
  app.route(
    '/',
    createReadApi({ reader: withLogWords(reader, deps.logEvents), changes, annotations: deps.annotations }),
  );
  app.route('/api/v1', createClientReportsApi(clientReports, DEFAULT_PROJECT_ID));
  app.route('/', createPageRoutes(page));

  const unknownPaths = new UnknownPaths(log);
  app.notFound((context) => {
    const { method, path } = context.req;
    unknownPaths.note(method, path, context.req.header('user-agent'));
    const message = `There is no ${method} ${path}. Traces are taken at POST ${OTLP_TRACES_PATH} and ${TRACES_PATH}.`;
    const mediaType = otlpMediaType(context.req.header('content-type'));
    return mediaType === null ? context.json({ message }, 404) : statusResponse(mediaType, 404, message);
  });
  app.onError((error, context) => {
    if (error instanceof InvalidCursor) return context.json({ message: error.message }, 400);
    log.error(`${context.req.method} ${context.req.path} failed`, error);
    return context.json({ message: 'The server failed to answer; its log says why.' }, 500);
  });
  return app;
}
