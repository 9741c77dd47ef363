import { EVALUATION_EVENT, LOGS_PATH, OTLP_LOGS_PATH } from '@powerrag/protocol';
import type { Hono } from 'hono';
import * as v from 'valibot';
import { readEvaluation } from '../annotations/read-annotation.js';
import type { Log } from '../base/log.js';
import { exportResponse, type OtlpMediaType } from '../ingest/answer.js';
import { readBody } from '../ingest/body.js';
import type { MemoryBudget } from '../ingest/memory-budget.js';
import { otlpEndpoint } from '../ingest/otlp-endpoint.js';
import type { Changes } from '../live/changes.js';
import { toMs } from '../normalise/otel.js';
import { decodeLogsJson, decodeLogsProtobuf } from '../otlp/decode-logs.js';
import type { IngestLimits } from '../otlp/limits.js';
import type { OtlpLogRecord } from '../otlp/log-record.js';
import { operation } from '../routes/operation.js';
import { requireRight, type ServerEnv } from '../routes/principal.js';
import { number } from '../routes/schema.js';
import type { Annotation, Annotations } from '../store/annotations.js';
import type { LogEvent, LogEvents } from '../store/log-events.js';
import { attributesOf, hasWords, LogEventReader } from './to-log-event.js';

export interface LogsDeps {
  readonly logEvents: LogEvents;
  readonly annotations: Annotations;
  readonly limits: IngestLimits;
  readonly log: Log;
  readonly budget: MemoryBudget;
  readonly changes: Changes;
}

/** What became of the log records of a project that this server has taken since it started. */
interface LogCounts {
  /** Words of model calls, kept for their span, and evaluations. */
  joined: number;
  /** Words of model calls that name no span, and evaluations that say neither what they judge nor their name: not kept. */
  withoutSpan: number;
  /** All other logs: not kept. */
  others: number;
}

const NO_COUNTS: LogCounts = { joined: 0, withoutSpan: 0, others: 0 };

/** `LogCounts`, as the OpenAPI document describes them. */
export const logCounts = v.object({
  joined: number('Words of model calls, kept for their span, and evaluations.'),
  withoutSpan: number('Words of model calls that name no span, and evaluations without a name or a target: not kept.'),
  others: number('All other logs: not kept.'),
}) satisfies v.GenericSchema<LogCounts>;

const MEDIA_TYPES = ['application/x-protobuf', 'application/json'];
const OPERATION = operation({
  summary: 'Send logs',
  description:
    'OTLP over HTTP: an `ExportLogsServiceRequest`. What logs say of a model call is joined to its span; other logs are counted and not kept. Errors are a `google.rpc.Status` in its encoding.',
  tag: 'ingest',
  body: MEDIA_TYPES,
  answer: MEDIA_TYPES,
  errors: [405, 413, 415, 503],
});

/** Takes OTLP logs in. 200 means that all words of model calls in them are durable; other logs are counted and not kept. */
export function createLogs({ logEvents, annotations, limits, log, budget, changes }: LogsDeps): Hono<ServerEnv> {
  const countsByProject = new Map<string, LogCounts>();

  async function take(request: Request, mediaType: OtlpMediaType, projectId: string): Promise<Response> {
    const share = budget.open();
    try {
      const body = await readBody(request, limits, share);
      const decode = mediaType === 'application/json' ? decodeLogsJson : decodeLogsProtobuf;
      const { records, rejected } = decode(body, limits);
      const taken = sort(records);
      await annotations.writeAnnotations(projectId, taken.scores);
      await logEvents.writeLogEvents(projectId, taken.events);
      note(taken.counts, projectId);
      const changed = taken.events.map(({ traceId }) => ({ traceId, trace: {} }));
      changes.stored(projectId, changed);
      return exportResponse(mediaType, rejected, 'rejectedLogRecords');
    } finally {
      share.release();
    }
  }

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

  const app = otlpEndpoint([OTLP_LOGS_PATH, LOGS_PATH], log, OPERATION, take);
  app.get(
    '/api/v1/log-counts',
    operation({ summary: 'Count the logs taken since the start of the server', tag: 'page', answer: logCounts }),
    requireRight('read'),
    (context) => context.json(countsByProject.get(context.var.principal.projectId) ?? NO_COUNTS),
  );
  return app;
}

function sort(records: readonly OtlpLogRecord[]): { events: LogEvent[]; scores: Annotation[]; counts: LogCounts } {
  const reader = new LogEventReader();
  const counts = { ...NO_COUNTS };
  const events: LogEvent[] = [];
  const scores: Annotation[] = [];
  for (const record of records) {
    const { traceId, spanId } = record;
    if (record.eventName === EVALUATION_EVENT) {
      const score = readEvaluation(attributesOf(record), { traceId, spanId }, toMs(record.timeUnixNano));
      if (score === null) counts.withoutSpan += 1;
      else scores.push(score);
      counts.joined += score === null ? 0 : 1;
    } else if (!hasWords(record)) counts.others += 1;
    else if (traceId === null || spanId === null) counts.withoutSpan += 1;
    else {
      counts.joined += 1;
      events.push(reader.read(record, { traceId, spanId }));
    }
  }
  return { events, scores, counts };
}
