import { Hono } from 'hono';
import { compress } from 'hono/compress';
import * as v from 'valibot';
import { withEvaluations } from '../annotations/evaluations.js';
import { type AnnotationsDeps, createAnnotations } from '../annotations/http.js';
import { ClientReports } from '../clients/client-reports.js';
import { createIngest, type IngestDeps } from '../ingest/http.js';
import { MemoryBudget } from '../ingest/memory-budget.js';
import { createLangfuseBatch, type LangfuseBatchDeps } from '../langfuse-batch/http.js';
import type { Changes } from '../live/changes.js';
import { createLogs, type LogsDeps } from '../logs/http.js';
import { withLogWords } from '../logs/join-words.js';
import { logEventsWithMediaCut, piecesWithMediaCut, withMediaCut } from '../media/cut-writers.js';
import { createMedia, type MediaDeps } from '../media/http.js';
import { createClientReportsApi } from '../read/client-reports.js';
import { createReadApi } from '../read/index.js';
import { operation } from '../routes/operation.js';
import type { ServerEnv } from '../routes/principal.js';
import type { SessionReader } from '../store/contract.js';
import type { SessionSearcher } from '../store/search.js';
import { OPEN_PATHS } from './authentication.js';
import { createLangfuseHelpers } from './langfuse-helpers.js';
import { createOpenApi } from './openapi.js';
import { createPageRoutes, type PageFiles } from './page.js';

export interface RoutesDeps
  extends Omit<IngestDeps, 'budget' | 'clientReports'>,
    Pick<LangfuseBatchDeps, 'pieces' | 'withCost'>,
    Pick<LogsDeps, 'logEvents'>,
    Pick<AnnotationsDeps, 'annotations'>,
    Pick<MediaDeps, 'media'> {
  readonly reader: SessionReader & SessionSearcher;
  /** Changes of what is stored. */
  readonly changes: Changes;
  /** The files of the page; null when it has not been built. */
  readonly page: PageFiles | null;
  readonly version: string;
  /** Why nothing can be stored now, for a client to read; null when all is well. Default: all is well. */
  readonly trouble?: () => string | null;
}

export interface Routes {
  /** Answer addresses that carry their permission; they go before the authentication. All else is passed on. */
  readonly signed: Hono;
  /** All others. They need a principal (`ServerEnv`); who gets one is decided before. */
  readonly keyed: Hono<ServerEnv>;
}

/** Every route of the server. */
export function createRoutes(deps: RoutesDeps): Routes {
  const { reader, changes, annotations, page, version, log } = deps;
  const app = new Hono<ServerEnv>();
  const clientReports = new ClientReports({ log });
  const budget = new MemoryBudget(deps.limits.bytesInWork);
  const { signed, keyed: media } = createMedia({ ...deps, budget });

  for (const path of OPEN_PATHS) {
    app.get(path, (context, next) => {
      const message = deps.trouble?.() ?? null;
      return message === null ? next() : context.json({ status: 'failing', version, message }, 503);
    });
  }
  const writer = changes.of(withEvaluations(withMediaCut(deps.writer, deps.media), annotations));
  const pieces = piecesWithMediaCut(deps.pieces, deps.media);
  const logEvents = logEventsWithMediaCut(deps.logEvents, deps.media);
  app.route('/', createIngest({ ...deps, writer, clientReports, budget }));
  app.route('/', createLangfuseBatch({ ...deps, pieces, budget }));
  app.route('/', createLogs({ ...deps, logEvents, budget }));
  app.route('/', media);

  // Answers of the ingest routes are small, and exporters do not ask for compressed ones. An event stream is never compressed.
  app.use(compress());
  app.get(
    '/health',
    operation({
      summary: 'Whether the server is up and can store',
      tag: 'server',
      answer: v.object({ status: v.literal('ok'), version: v.string() }),
      errors: [503],
      isOpen: true,
    }),
    (context) => context.json({ status: 'ok', version }),
  );
  app.route('/', createLangfuseHelpers(version));
  app.route('/', createAnnotations({ ...deps, budget }));
  app.route(
    '/',
    createReadApi({ reader: withLogWords(reader, deps.logEvents), searcher: reader, changes, annotations }),
  );
  app.route('/api/v1', createClientReportsApi(clientReports));
  app.route('/', createOpenApi([signed, app], version));
  app.route('/', createPageRoutes(page));
  return { signed, keyed: app };
}
