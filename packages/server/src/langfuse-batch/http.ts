import { setImmediate } from 'node:timers/promises';
import type { Json } from '@powerrag/protocol';
import { Hono } from 'hono';
import * as v from 'valibot';
import { readScore } from '../annotations/read-annotation.js';
import type { Log } from '../base/log.js';
import { readBody } from '../ingest/body.js';
import { boundJson } from '../ingest/bound-json.js';
import { InvalidField, isList, isObject } from '../ingest/json-fields.js';
import type { MemoryBudget } from '../ingest/memory-budget.js';
import { toRefusal } from '../ingest/otlp-endpoint.js';
import type { Changes } from '../live/changes.js';
import type { TraceAttributes } from '../observation/observation.js';
import { Rejections } from '../otlp/collector.js';
import { checkJsonShape } from '../otlp/json-shape.js';
import type { IngestLimits } from '../otlp/limits.js';
import { Refusal } from '../otlp/refusal.js';
import type { Piece } from '../pieces/piece.js';
import { operation } from '../routes/operation.js';
import { requireRight, type ServerEnv } from '../routes/principal.js';
import type { Annotation, Annotations } from '../store/annotations.js';
import type { Complete, PieceWriter } from '../store/pieces.js';
import { boundPiece } from './bound-piece.js';
import { readEvent, toPiece } from './to-piece.js';

/** Where Langfuse's SDKs send batches, for Python up to version 2 and for JavaScript up to version 3. */
const LANGFUSE_BATCH_PATH = '/api/public/ingestion';

export interface LangfuseBatchDeps {
  readonly pieces: PieceWriter;
  readonly annotations: Annotations;
  readonly limits: IngestLimits;
  readonly log: Log;
  readonly budget: MemoryBudget;
  readonly changes: Changes;
  /** Estimates the cost of a model call that came without one. Default: no estimates. */
  readonly withCost?: Complete;
}

/** What the answer says of each event of a batch, in the order of the batch. */
interface BatchAnswer {
  readonly successes: { readonly id: string; readonly status: 201 }[];
  readonly errors: { readonly id: string; readonly status: 400; readonly message: string; readonly error: string }[];
  /** What was cut of events that were taken. Langfuse has no such field; its SDKs read past it. */
  message?: string;
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

/** Seconds after which a sender may come back when the server could not take its batch. */
const RETRY_AFTER_S = '5';

/** Events that are read before others get their turn. */
const EVENTS_AT_A_TIME = 500;

/** What an SDK says of itself; there is nothing in it to show. */
const IGNORED_TYPES: ReadonlySet<string> = new Set(['sdk-log']);

/**
 * Takes Langfuse's batches in. 207 says of each event whether it was taken: then it is durable. What one event lacks does not
 * lose the others.
 */
export function createLangfuseBatch(deps: LangfuseBatchDeps): Hono<ServerEnv> {
  const { pieces, annotations, limits, log, budget, changes } = deps;

  async function take(request: Request, projectId: string): Promise<BatchAnswer> {
    const share = budget.open();
    try {
      const { batch, scope } = readBatch(await readBody(request, limits, share), limits);
      const cuts = new Rejections('event');
      const answer: BatchAnswer = { successes: [], errors: [] };
      const taken: Piece[] = [];
      const scores: Annotation[] = [];
      for (const [index, value] of batch.entries()) {
        if (index % EVENTS_AT_A_TIME === EVENTS_AT_A_TIME - 1) await setImmediate();
        const read = readOne(boundJson(value, limits, cuts), scope);
        if (read instanceof InvalidField) {
          answer.errors.push({ id: idOf(value), status: 400, message: 'Invalid request data', error: read.message });
          continue;
        }
        if (read.piece !== null) taken.push(boundPiece(read.piece, limits, cuts));
        if (read.score !== null) scores.push(read.score);
        answer.successes.push({ id: read.id, status: 201 });
      }
      await annotations.writeAnnotations(projectId, scores);
      await pieces.writePieces(projectId, taken, deps.withCost);
      changes.stored(projectId, taken.flatMap(toChange));
      return cuts.message === '' ? answer : { ...answer, message: cuts.message };
    } finally {
      share.release();
    }
  }

  const app = new Hono<ServerEnv>();
  app.post(LANGFUSE_BATCH_PATH, OPERATION, requireRight('write'), async (context) => {
    try {
      return context.json(await take(context.req.raw, context.var.principal.projectId), 207);
    } catch (error) {
      const refusal = toRefusal(error, log);
      if (refusal.status === 503) context.header('retry-after', RETRY_AFTER_S);
      // What was not read of the body would stand before the connection's next request.
      if (refusal.status !== 400) context.header('connection', 'close');
      return context.json({ message: refusal.message }, refusal.status);
    }
  });
  app.all(LANGFUSE_BATCH_PATH, (context) =>
    context.json({ message: `${LANGFUSE_BATCH_PATH} takes POST.` }, 405, { allow: 'POST' }),
  );
  return app;
}

function readBatch(body: Uint8Array, limits: IngestLimits): { batch: readonly Json[]; scope: string | null } {
  checkJsonShape(body, limits);
  let value: Json;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    throw new Refusal(400, `The body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const batch = isObject(value) ? value.batch : undefined;
  if (!isObject(value) || !isList(batch)) throw new Refusal(400, 'batch is missing; send { "batch": [ … ] }.');
  if (batch.length > limits.spans) {
    throw new Refusal(413, `More than ${limits.spans} events in one request; send smaller batches.`);
  }
  const name = isObject(value.metadata) ? value.metadata.sdk_name : undefined;
  return { batch, scope: typeof name === 'string' && name !== '' ? `langfuse-sdk ${name}` : null };
}

interface ReadEvent {
  readonly id: string;
  readonly piece: Piece | null;
  readonly score: Annotation | null;
}

/** What an event holds; or what is wrong with it. */
function readOne(value: Json, scope: string | null): ReadEvent | InvalidField {
  try {
    const event = readEvent(value);
    const { id, type, atMs, body } = event;
    if (type === 'score-create') return { id, piece: null, score: readScore(body, { id, timeMs: atMs }) };
    const piece = toPiece(event, scope);
    if (piece === null && !IGNORED_TYPES.has(type)) return new InvalidField(unknownType(type));
    return { id, piece, score: null };
  } catch (error) {
    if (error instanceof InvalidField) return error;
    throw error;
  }
}

function unknownType(type: string): string {
  return `type ${JSON.stringify(type.slice(0, 100))} is not known; send trace-create, span-create, generation-create or event-create, or an update.`;
}

function idOf(value: Json): string {
  return isObject(value) && typeof value.id === 'string' ? value.id : '';
}

function toChange({ traceId, trace }: Piece): { readonly traceId: string; readonly trace: TraceAttributes }[] {
  return traceId === null ? [] : [{ traceId, trace }];
}
