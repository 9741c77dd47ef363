import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { badRequest, notFound } from '../base/http-errors.js';
import type { Log } from '../base/log.js';
import { DEFAULT_PROJECT_ID } from '../base/project.js';
import { readBody } from '../ingest/body.js';
import { boundJson } from '../ingest/bound-json.js';
import { InvalidField, JsonFields } from '../ingest/json-fields.js';
import type { MemoryBudget } from '../ingest/memory-budget.js';
import { toRefusal } from '../ingest/otlp-endpoint.js';
import type { Changes } from '../live/changes.js';
import { toObservationId, toTraceId } from '../observation/foreign-id.js';
import { Rejections } from '../otlp/collector.js';
import { checkJsonShape } from '../otlp/json-shape.js';
import type { IngestLimits } from '../otlp/limits.js';
import { readPaging } from '../read/langfuse/paging.js';
import { Query, quote } from '../read/query.js';
import type { Annotation, AnnotationQuery, Annotations } from '../store/annotations.js';
import { readComment, readScore } from './read-annotation.js';
import { toComment, toScore } from './shapes.js';

export interface AnnotationsDeps {
  readonly annotations: Annotations;
  readonly limits: IngestLimits;
  readonly log: Log;
  readonly budget: MemoryBudget;
  readonly changes: Changes;
  /** Unix milliseconds. Default: the clock. */
  readonly now?: () => number;
}

/** Bytes of a score or a comment. */
const MAX_BODY_BYTES = 1_048_576;

/** Scores and comments: written, read and deleted under Langfuse's paths, and the same under ours. */
export function createAnnotations(deps: AnnotationsDeps): Hono {
  const app = new Hono();
  const scores = createRoutes(deps, 'score');
  const comments = createRoutes(deps, 'comment');
  for (const path of ['/api/public/scores', '/api/public/v2/scores', '/api/v1/scores']) app.route(path, scores);
  for (const path of ['/api/public/comments', '/api/v1/comments']) app.route(path, comments);
  app.onError((error, context) => {
    if (error instanceof HTTPException) return context.json({ message: error.message }, error.status);
    if (error instanceof InvalidField) return context.json({ message: error.message }, 400);
    const { status, message } = toRefusal(error, deps.log);
    return context.json({ message }, status, status === 503 ? { 'retry-after': '5' } : {});
  });
  return app;
}

function createRoutes(
  { annotations, limits, budget, changes, now = Date.now }: AnnotationsDeps,
  kind: Annotation['kind'],
) {
  const app = new Hono();
  const read = kind === 'score' ? readScore : readComment;
  const show: (annotation: Annotation) => object = kind === 'score' ? toScore : toComment;

  app.post('/', async (context) => {
    const share = budget.open();
    try {
      const annotation = read(await readFields(context, limits, share), { id: randomUUID(), timeMs: now() });
      await annotations.writeAnnotations(DEFAULT_PROJECT_ID, [annotation]);
      const { traceId, sessionId } = annotation;
      const trace = sessionId === null ? {} : { sessionId };
      if (traceId !== null) changes.stored(DEFAULT_PROJECT_ID, [{ traceId, trace }]);
      return context.json({ id: annotation.id });
    } finally {
      share.release();
    }
  });

  app.get('/', async (context) => {
    const query = new Query(context.req.queries());
    const paging = readPaging(query);
    const { limit, offset } = paging;
    const asked = { kind, limit, offset, ...(kind === 'score' ? scoreQuery(query) : commentQuery(query)) };
    const { annotations: found, total } = await annotations.listAnnotations(DEFAULT_PROJECT_ID, asked);
    return context.json({ data: found.map(show), meta: paging.meta(total) });
  });

  app.get('/:id', async (context) => {
    const id = context.req.param('id');
    const { annotations: found } = await annotations.listAnnotations(DEFAULT_PROJECT_ID, {
      kind,
      id,
      limit: 1,
      offset: 0,
    });
    const [annotation] = found;
    if (annotation === undefined) throw notFound(`There is no ${kind} ${quote(id)}.`);
    return context.json(show(annotation));
  });

  app.delete('/:id', async (context) => {
    const id = context.req.param('id');
    if (!(await annotations.deleteAnnotation(DEFAULT_PROJECT_ID, kind, id))) {
      throw notFound(`There is no ${kind} ${quote(id)}.`);
    }
    return context.json({ message: `The ${kind} was deleted.` }, 202);
  });

  return app;
}

async function readFields(
  context: Context,
  limits: IngestLimits,
  share: ReturnType<MemoryBudget['open']>,
): Promise<JsonFields> {
  const small = { ...limits, wireBytes: MAX_BODY_BYTES, inflatedBytes: MAX_BODY_BYTES };
  const body = await readBody(context.req.raw, small, share);
  checkJsonShape(body, limits);
  try {
    const value = boundJson(JSON.parse(new TextDecoder().decode(body)), limits, new Rejections());
    return new JsonFields(value, 'body');
  } catch (error) {
    if (error instanceof InvalidField) throw error;
    throw badRequest(`The body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function scoreQuery(query: Query): Partial<AnnotationQuery> {
  const mend = 'use traceId, sessionId, observationId, name, one of scoreIds and times';
  const others = [
    'userId',
    'source',
    'dataType',
    'environment',
    'configId',
    'queueId',
    'operator',
    'value',
    'traceTags',
  ];
  query.refuse(...others.map((name) => ({ name, mend })));
  const ids = query.list('scoreIds') ?? [];
  if (ids.length > 1) throw badRequest(`scoreIds takes one id, got ${ids.length}; ask for one after the other.`);
  const [traceId, observationId] = [query.text('traceId'), query.text('observationId')];
  return defined({
    id: ids[0],
    sessionId: query.text('sessionId'),
    traceId: traceId === undefined ? undefined : toTraceId(traceId),
    observationId: observationId === undefined ? undefined : toObservationId(observationId),
    name: query.text('name'),
    fromMs: query.time('fromTimestamp'),
    toMs: query.time('toTimestamp'),
  });
}

function commentQuery(query: Query): Partial<AnnotationQuery> {
  query.refuse({ name: 'authorUserId', mend: 'use objectType and objectId' });
  const objectId = query.text('objectId');
  if (objectId === undefined) return {};
  switch (query.text('objectType')?.toUpperCase()) {
    case 'SESSION':
      return { sessionId: objectId };
    case 'TRACE':
      return { traceId: toTraceId(objectId) };
    case 'OBSERVATION':
      return { observationId: toObservationId(objectId) };
    default:
      throw badRequest('objectType must be SESSION, TRACE or OBSERVATION.');
  }
}

/** The fields that were given. */
function defined<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
