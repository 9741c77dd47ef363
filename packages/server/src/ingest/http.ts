import { OTLP_TRACES_PATH, TRACES_PATH } from '@powerrag/protocol';
import type { Hono } from 'hono';
import type { Log } from '../base/log.js';
import type { ClientReports } from '../clients/client-reports.js';
import { Changes } from '../live/changes.js';
import type { IngestMetrics } from '../metrics/server-metrics.js';
import type { IngestLimits } from '../otlp/limits.js';
import { operation } from '../routes/operation.js';
import type { ServerEnv } from '../routes/principal.js';
import { exportResponse } from './answer.js';
import { BodyTaker } from './body-taker.js';
import { MemoryBudget } from './memory-budget.js';
import { otlpEndpoint } from './otlp-endpoint.js';
import { IngestQueue } from './queue.js';
import type { TakeTraces } from './take-traces.js';

export interface IngestDeps {
  readonly take: TakeTraces;
  readonly limits: IngestLimits;
  readonly log: Log;
  /** Keeps client reports. Default: reports are ignored. */
  readonly clientReports?: ClientReports;
  /** Reads bodies and gives each its turn; shared with other endpoints. Default: a new one. */
  readonly bodies?: BodyTaker;
  /** Called with the traces of which more is stored. Default: not called. */
  readonly changes?: Changes;
  /** Counts spans. Default: not counted. */
  readonly metrics?: Pick<IngestMetrics, 'taken'>;
}

const MEDIA_TYPES = ['application/x-protobuf', 'application/json'];
const OPERATION = operation({
  summary: 'Send traces',
  description:
    'OTLP over HTTP: an `ExportTraceServiceRequest`, plain or gzip. Errors are a `google.rpc.Status` in its encoding.',
  tag: 'ingest',
  body: MEDIA_TYPES,
  answer: MEDIA_TYPES,
  errors: [405, 413, 415, 503],
});

/** Accepts OTLP traces. 200 means that every span is durable, except those that a partial success counts. */
export function createIngest(deps: IngestDeps): Hono<ServerEnv> {
  const { take, limits, log, clientReports, metrics, changes = new Changes() } = deps;
  const { bodies = new BodyTaker(limits, new MemoryBudget(limits.bytesInWork), new IngestQueue()) } = deps;
  return otlpEndpoint([OTLP_TRACES_PATH, TRACES_PATH], log, OPERATION, async (context, mediaType, projectId) => {
    const { accepted, rejected, touched } = await bodies.take(context, (body) => take(projectId, mediaType, body));
    metrics?.taken('span', accepted, rejected.byKind);
    changes.stored(projectId, touched);
    // Only with a 200, which acknowledges the report.
    clientReports?.receive(projectId, context.req.raw.headers);
    return exportResponse(mediaType, rejected);
  });
}
