import { OTLP_LOGS_PATH, OTLP_TRACES_PATH } from '@powerrag/protocol';
import { Hono, type MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { Log } from '../base/log.js';
import type { IngestQueue } from '../ingest/queue.js';
import type { Changes } from '../live/changes.js';
import type { ServerMetrics } from '../metrics/server-metrics.js';
import { operation } from '../routes/operation.js';
import { requireRight, type ServerEnv } from '../routes/principal.js';
import type { StoreFigures } from '../store/figures.js';
import type { Reads } from './forward-reads.js';

/** Where Prometheus scrapes. */
const METRICS_PATH = '/metrics';

/** Methods that appear as labels; all others share one. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']);

export interface MeasuredParts {
  readonly queue: IngestQueue;
  readonly changes: Changes;
  readonly reads?: Reads | undefined;
  /** The state of the store; absent if it reports none. */
  readonly figures?: (() => StoreFigures) | undefined;
}

/** Serves the metrics as text to clients with the right to read. */
export function createMetricsRoute(metrics: ServerMetrics, parts: MeasuredParts): Hono<ServerEnv> {
  addGauges(metrics, parts);
  const app = new Hono<ServerEnv>();
  app.get(
    METRICS_PATH,
    operation({
      summary: 'What the server counts and measures',
      description: "In Prometheus' text format.",
      tag: 'server',
      answer: ['text/plain'],
    }),
    requireRight('read'),
    async (context) => context.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  );
  return app;
}

function addGauges(metrics: ServerMetrics, { queue, changes, reads, figures }: MeasuredParts): void {
  metrics.gauge('powerrag_ingest_queue_bodies', 'Bodies that wait to be stored.', () => queue.load.waiting);
  metrics.gauge('powerrag_ingest_taken_bodies', 'Bodies that are being stored.', () => queue.load.taken);
  metrics.gauge(
    'powerrag_ingest_queue_oldest_seconds',
    'Time that the first of the bodies that wait has waited.',
    () => queue.load.oldestMs / 1_000,
  );
  metrics.gauge('powerrag_live_followers', 'Clients that follow a session.', () => changes.followers);
  if (reads !== undefined) {
    metrics.gauge('powerrag_read_workers', 'Threads that read.', () => reads.load().workers);
    metrics.gauge('powerrag_read_workers_busy', 'Threads that read and are at work.', () => reads.load().busy);
    metrics.gauge('powerrag_read_waiting', 'Reads that wait for a thread.', () => reads.load().waiting);
    metrics.gauge(
      'powerrag_read_unsent',
      'Long answers that clients have not read to the end.',
      () => reads.load().unsent,
    );
  }
  if (figures === undefined) return;
  const seconds = (ms: number | null) => (ms === null ? null : ms / 1_000);
  metrics.gauge('powerrag_database_bytes', 'Size of the SQLite file.', () => figures().databaseBytes);
  metrics.gauge('powerrag_database_log_bytes', 'Size of its write-ahead log.', () => figures().logBytes);
  metrics.gauge(
    'powerrag_digests_due',
    'Traces whose name and words are not up to date yet, counted to 10,000.',
    () => figures().digestsDue,
  );
  metrics.gauge('powerrag_digest_lag_seconds', 'Time since the first of them should have been.', () =>
    seconds(figures().digestLagMs),
  );
  metrics.gauge(
    'powerrag_purges_due',
    'Deleted traces of which rows are still in the file, counted to 10,000.',
    () => figures().purgesDue,
  );
}

/**
 * Counts each request, and logs it at level `debug`.
 *
 * @param now milliseconds of a clock that only goes forward.
 */
export function measureRequests(
  metrics: Pick<ServerMetrics, 'answered'>,
  log: Log,
  now: () => number = () => performance.now(),
): MiddlewareHandler {
  return async (context, next) => {
    const startMs = now();
    await next();
    const { method: sent } = context.req;
    const method = METHODS.has(sent) ? sent : 'other';
    const { status } = context.res;
    const route =
      patternOf(sent, matchedRoutes(context)) ?? (status === 404 ? 'none' : (elsewhere(context.req.path) ?? 'page'));
    const ms = now() - startMs;
    metrics.answered({ method, route, status, ms });
    log.debug?.('answered', { method, route, status, ms: Math.round(ms) });
  };
}

/** Paths that end as those of OTLP do share a pattern. */
function elsewhere(path: string): string | null {
  const end = [OTLP_TRACES_PATH, OTLP_LOGS_PATH].find((standard) => path.endsWith(standard));
  return end === undefined ? null : `{base}${end}`;
}

/** The pattern of the route that answered, as in the OpenAPI document; null for the files of the page and for unknown paths. */
function patternOf(
  method: string,
  routes: readonly { readonly method: string; readonly path: string }[],
): string | null {
  const asked = method === 'HEAD' ? 'GET' : method;
  const own = routes.filter(({ path }) => !path.includes('*'));
  const route = own.find((each) => each.method === asked) ?? own.find((each) => each.method === 'ALL');
  return route?.path.replace(/:(\w+)(\{[^}]*\})?/g, '{$1}') ?? null;
}
