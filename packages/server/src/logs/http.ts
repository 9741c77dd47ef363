import { LOGS_PATH, OTLP_LOGS_PATH } from '@powerrag/protocol';
import type { Hono } from 'hono';
import * as v from 'valibot';
import type { Log } from '../base/log.js';
import { exportResponse } from '../ingest/answer.js';
import type { BodyTaker } from '../ingest/body-taker.js';
import { otlpEndpoint } from '../ingest/otlp-endpoint.js';
import type { Changes } from '../live/changes.js';
import type { IngestMetrics } from '../metrics/server-metrics.js';
import { operation } from '../routes/operation.js';
import { requireRight, type ServerEnv } from '../routes/principal.js';
import { number } from '../routes/schema.js';
import { type LogCounts, NO_COUNTS, type TakeLogs } from './take-logs.js';

export interface LogsDeps {
  readonly take: TakeLogs;
  readonly log: Log;
  readonly bodies: BodyTaker;
  readonly changes: Changes;
  readonly metrics?: Pick<IngestMetrics, 'taken'>;
}

/** `LogCounts`, as the OpenAPI document describes them. */
export const logCounts = v.object({
  joined: number('Words of model calls, kept for their span, evaluations, and events of Claude Code that are shown.'),
  withoutSpan: number('Words of model calls that name no span, and evaluations without a name or a target: not kept.'),
  others: number('All other logs: not kept.'),
}) satisfies v.GenericSchema<LogCounts>;

const MEDIA_TYPES = ['application/x-protobuf', 'application/json'];
const OPERATION = operation({
  summary: 'Send logs',
  description:
    'OTLP over HTTP: an `ExportLogsServiceRequest`. What logs say of a model call is joined to its span, a session of Claude Code that sends no spans is shown from its events; other logs are counted and not kept. Errors are a `google.rpc.Status` in its encoding.',
  tag: 'ingest',
  body: MEDIA_TYPES,
  answer: MEDIA_TYPES,
  errors: [405, 413, 415, 503],
});

/** Takes OTLP logs in. 200 means that all words of model calls in them are durable; other logs are counted and not kept. */
export function createLogs({ take, log, bodies, changes, metrics }: LogsDeps): Hono<ServerEnv> {
  const countsByProject = new Map<string, LogCounts>();

  function note(taken: LogCounts, projectId: string): void {
    const counts = countsByProject.get(projectId) ?? { ...NO_COUNTS };
    countsByProject.set(projectId, counts);
    if (counts.others === 0 && taken.others > 0) {
      log.info('Logs arrive that hold no words of model calls: they are accepted, counted and not kept.');
    }
    if (counts.withoutSpan === 0 && taken.withoutSpan > 0) {
      log.info('Words of model calls arrive in logs that name no span: they are counted and not kept.');
    }
    counts.joined += taken.joined;
    counts.withoutSpan += taken.withoutSpan;
    counts.others += taken.others;
  }

  const app = otlpEndpoint([OTLP_LOGS_PATH, LOGS_PATH], log, OPERATION, async (context, mediaType, projectId) => {
    const { accepted, rejected, counts, touched } = await bodies.take(context, (body) =>
      take(projectId, mediaType, body),
    );
    metrics?.taken('log record', accepted, rejected.byKind);
    note(counts, projectId);
    changes.stored(projectId, touched);
    return exportResponse(mediaType, rejected, 'rejectedLogRecords');
  });
  app.get(
    '/api/v1/log-counts',
    operation({ summary: 'Count the logs taken since the start of the server', tag: 'page', answer: logCounts }),
    requireRight('read'),
    (context) => context.json(countsByProject.get(context.var.principal.projectId) ?? NO_COUNTS),
  );
  return app;
}
