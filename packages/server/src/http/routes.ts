import { Hono } from 'hono';
import { compress } from 'hono/compress';
import * as v from 'valibot';
import { type AnnotationsDeps, createAnnotations } from '../annotations/http.js';
import type { Log } from '../base/log.js';
import { ClientReports } from '../clients/client-reports.js';
import { createDeletion } from '../deletion/http.js';
import { BodyTaker } from '../ingest/body-taker.js';
import { createIngest } from '../ingest/http.js';
import { MemoryBudget } from '../ingest/memory-budget.js';
import { IngestQueue } from '../ingest/queue.js';
import { type Intake, type IntakeDeps, intakeHere } from '../intake/intake.js';
import { createLangfuseBatch } from '../langfuse-batch/http.js';
import type { Changes } from '../live/changes.js';
import { createLogs } from '../logs/http.js';
import { withLogWords } from '../logs/join-words.js';
import { createMedia, type MediaDeps } from '../media/http.js';
import { type DeletionCause, ServerMetrics } from '../metrics/server-metrics.js';
import type { IngestLimits } from '../otlp/limits.js';
import { createClientReportsApi } from '../read/client-reports.js';
import { createReadApi } from '../read/index.js';
import { createTracePage } from '../read/trace-page.js';
import { operation } from '../routes/operation.js';
import type { ServerEnv } from '../routes/principal.js';
import type { ClientReportStore } from '../store/client-reports.js';
import type { SessionReader } from '../store/contract.js';
import type { StoreFigures } from '../store/figures.js';
import type { LogEvents } from '../store/log-events.js';
import type { Retention } from '../store/retention.js';
import type { SessionSearcher } from '../store/search.js';
import { OPEN_PATHS } from './authentication.js';
import { forwardReads, type Reads } from './forward-reads.js';
import { createLangfuseHelpers } from './langfuse-helpers.js';
import { createMetricsRoute } from './metrics.js';
import { createOpenApi } from './openapi.js';
import { createPageRoutes, type PageFiles } from './page.js';

interface CommonDeps extends Pick<AnnotationsDeps, 'annotations'>, Pick<MediaDeps, 'media'> {
  readonly reader: SessionReader & Partial<SessionSearcher>;
  readonly logEvents: LogEvents;
  /** Default: no delete routes. */
  readonly deleteTraces?: Retention['deleteTraces'];
  /** Where several servers share client reports. Default: each keeps its own, in memory. */
  readonly clientReportStore?: ClientReportStore | undefined;
  readonly limits: IngestLimits;
  readonly log: Log;
  /** Announces changes of stored data. */
  readonly changes: Changes;
  /** The files of the page; null when it has not been built. */
  readonly page: PageFiles | null;
  readonly version: string;
  /** Why nothing can be stored now, as a message for clients; null if storing works. Default: null. */
  readonly trouble?: () => string | null;
  /** Whether the server is about to stop; `/ready` then answers 503. Default: false. */
  readonly isStopping?: () => boolean;
  /** Counts and measures. Default: its own. */
  readonly metrics?: ServerMetrics;
  /** The state of the store, for metrics. Default: none. */
  readonly figures?: () => StoreFigures;
  /** Answers reads in other threads. Default: this thread answers them, from `reader`. */
  readonly reads?: Reads;
}

/** Bodies are decoded and stored by `intake`, or in this thread with the given parts. */
export type RoutesDeps = CommonDeps & (IntakeDeps | { readonly intake: Intake });

export interface Routes {
  /** Routes whose address carries its permission; mount them before authentication. Other requests pass through. */
  readonly signed: Hono;
  /** All other routes. They need a principal (`ServerEnv`), which authentication sets before. */
  readonly keyed: Hono<ServerEnv>;
}

/** Every route of the server. */
export function createRoutes(deps: RoutesDeps): Routes {
  const { reader, changes, annotations, limits, page, version, log, metrics = new ServerMetrics(version) } = deps;
  const app = new Hono<ServerEnv>();
  const clientReports = new ClientReports({ log, store: deps.clientReportStore });
  const budget = new MemoryBudget(limits.bytesInWork);
  const { signed, keyed: media } = createMedia({ ...deps, budget });

  for (const path of OPEN_PATHS) {
    app.get(path, (context, next) => {
      const message = deps.trouble?.() ?? null;
      return message === null ? next() : context.json({ status: 'failing', version, message }, 503);
    });
  }
  const intake = 'intake' in deps ? deps.intake : intakeHere(deps);
  const queue = new IngestQueue({ onTurn: (waitedMs) => metrics.waited(waitedMs) });
  const bodies = new BodyTaker(limits, budget, queue);
  app.route('/', createIngest({ take: intake.traces, limits, log, clientReports, bodies, changes, metrics }));
  app.route('/', createLangfuseBatch({ take: intake.langfuseBatch, log, bodies, changes, metrics }));
  app.route('/', createLogs({ take: intake.logs, log, bodies, changes, metrics }));
  app.route('/', media);

  // Not the ingest routes: their answers are small, and exporters do not request compression. Event streams are never compressed.
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
  app.get(
    '/ready',
    operation({
      summary: 'Whether to send requests here',
      description: 'As `/health`, and 503 as soon as the server is told to stop.',
      tag: 'server',
      answer: v.object({ status: v.literal('ready'), version: v.string() }),
      errors: [503],
      isOpen: true,
    }),
    (context) =>
      deps.isStopping?.()
        ? context.json({ status: 'failing', version, message: 'The server is stopping; send to another one.' }, 503)
        : context.json({ status: 'ready', version }),
  );
  const { reads, figures } = deps;
  app.route('/', createMetricsRoute(metrics, { queue, changes, reads, figures }));
  app.route('/', createLangfuseHelpers(version));
  app.route('/', createAnnotations({ ...deps, budget }));
  const deleteTraces = countingDeletions(deps.deleteTraces, metrics, 'request');
  if (deleteTraces !== undefined) app.route('/', createDeletion({ deleteTraces, limits, log, budget, changes }));
  const withWords = withLogWords(reader, deps.logEvents);
  const readApi = createReadApi({
    ...{ reader: withWords, searcher: reader, changes, annotations },
    ...(reads && { readChanges: reads.changes }),
  });
  if (reads !== undefined) app.route('/', forwardReads(readApi, reads));
  app.route('/', readApi);
  app.route('/api/v1', createClientReportsApi(clientReports));
  app.route('/', createOpenApi([signed, app], version));
  app.route('/', createTracePage(reader));
  app.route('/', createPageRoutes(page));
  return { signed, keyed: app };
}

/** `deleteTraces`, which also counts what it deletes. */
export function countingDeletions(
  deleteTraces: Retention['deleteTraces'] | undefined,
  metrics: Pick<ServerMetrics, 'deleted'>,
  cause: DeletionCause,
): Retention['deleteTraces'] | undefined {
  if (deleteTraces === undefined) return undefined;
  return async (projectId, what) => {
    const count = await deleteTraces(projectId, what);
    metrics.deleted(cause, count);
    return count;
  };
}
