import { Hono } from 'hono';
import * as v from 'valibot';
import type { Log } from '../base/log.js';
import type { BodyTaker } from '../ingest/body-taker.js';
import { headersOf, toRefusal } from '../ingest/otlp-endpoint.js';
import type { Changes } from '../live/changes.js';
import type { IngestMetrics } from '../metrics/server-metrics.js';
import { operation } from '../routes/operation.js';
import { requireRight, type ServerEnv } from '../routes/principal.js';
import type { BatchAnswer, TakeLangfuseBatch } from './take-batch.js';

/** Where Langfuse's SDKs send batches, for Python up to version 2 and for JavaScript up to version 3. */
const LANGFUSE_BATCH_PATH = '/api/public/ingestion';

export interface LangfuseBatchDeps {
  readonly take: TakeLangfuseBatch;
  readonly log: Log;
  readonly bodies: BodyTaker;
  readonly changes: Changes;
  readonly metrics?: Pick<IngestMetrics, 'taken'>;
}

/** A `BatchAnswer`, as the OpenAPI document describes it. */
const batchAnswer = v.object({
  successes: v.array(v.object({ id: v.string(), status: v.literal(201) })),
  errors: v.array(v.object({ id: v.string(), status: v.literal(400), message: v.string(), error: v.string() })),
  message: v.exactOptional(v.pipe(v.string(), v.description('What was cut of events that were taken.'))),
}) satisfies v.GenericSchema<BatchAnswer>;

const OPERATION = operation({
  summary: 'Send a batch of a Langfuse SDK',
  description: 'What SDKs for Python up to version 2 and for JavaScript up to version 3 send.',
  tag: 'ingest',
  body: ['application/json'],
  status: 207,
  answer: batchAnswer,
  errors: [405, 413, 415, 503],
});

/**
 * Takes Langfuse's batches in. 207 says of each event whether it was taken: then it is durable. What one event lacks does not
 * lose the others.
 */
export function createLangfuseBatch({ take, log, bodies, changes, metrics }: LangfuseBatchDeps): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  app.post(LANGFUSE_BATCH_PATH, OPERATION, requireRight('write'), async (context) => {
    const { projectId } = context.var.principal;
    try {
      const { answer, touched } = await bodies.take(context, (body) => take(projectId, body));
      metrics?.taken('event', answer.successes.length, { invalid: answer.errors.length });
      changes.stored(projectId, touched);
      return context.json(answer, 207);
    } catch (error) {
      const refusal = toRefusal(error, log);
      return context.json({ message: refusal.message }, refusal.status, headersOf(refusal));
    }
  });
  app.all(LANGFUSE_BATCH_PATH, (context) =>
    context.json({ message: `${LANGFUSE_BATCH_PATH} takes POST.` }, 405, { allow: 'POST' }),
  );
  return app;
}
