import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import * as v from 'valibot';
import { defined } from '../base/defined.js';
import { badRequest, notFound } from '../base/http-errors.js';
import type { Log } from '../base/log.js';
import { readBody } from '../ingest/body.js';
import { boundJson } from '../ingest/bound-json.js';
import { InvalidField, JsonFields } from '../ingest/json-fields.js';
import type { MemoryBudget } from '../ingest/memory-budget.js';
import { headersOf, toRefusal } from '../ingest/otlp-endpoint.js';
import type { Changes } from '../live/changes.js';
import { toObservationId, toTraceId } from '../observation/foreign-id.js';
import { Rejections } from '../otlp/collector.js';
import { checkJsonShape } from '../otlp/json-shape.js';
import type { IngestLimits } from '../otlp/limits.js';
import { PAGING, pageOf } from '../read/langfuse/paging.js';
import { toScore } from '../read/langfuse/score.js';
import { type Operation, operation } from '../routes/operation.js';
import { requireRight, type ServerEnv } from '../routes/principal.js';
import { commaSeparated, query, quote, text, time, unsupported } from '../routes/query.js';
import type { Annotation, AnnotationQuery, Annotations } from '../store/annotations.js';
import { readComment, readScore } from './read-annotation.js';
import { commentAnswer, commentsAnswer, scoreAnswer, scoresAnswer } from './schemas.js';
import { toComment } from './shapes.js';

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

/** Scores and comments: written, read and deleted under Langfuse's paths, and the same under ours. Needs a principal. */
export function createAnnotations(deps: AnnotationsDeps): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const scores = createRoutes(deps, 'score');
  const comments = createRoutes(deps, 'comment');
  for (const path of ['/api/public/scores', '/api/public/v2/scores', '/api/v1/scores']) app.route(path, scores);
  for (const path of ['/api/public/comments', '/api/v1/comments']) app.route(path, comments);
  app.onError((error, context) => {
    if (error instanceof HTTPException) return context.json({ message: error.message }, error.status);
    if (error instanceof InvalidField) return context.json({ message: error.message }, 400);
    const refusal = toRefusal(error, deps.log);
    return context.json({ message: refusal.message }, refusal.status, headersOf(refusal));
  });
  return app;
}

const OTHERS = 'use traceId, sessionId, observationId, name, one of scoreIds and times';
const SCORE_FIELDS = {
  ...PAGING,
  scoreIds: commaSeparated('Only the score of this id: one at a time.'),
  sessionId: text('Only scores on this session.'),
  traceId: text('Only scores on this trace.'),
  observationId: text('Only scores on this observation.'),
  name: text('Only scores of this name.'),
  fromTimestamp: time('Only scores from this time on.'),
  toTimestamp: time('Only scores before this time.'),
  userId: unsupported(OTHERS),
  source: unsupported(OTHERS),
  dataType: unsupported(OTHERS),
  environment: unsupported(OTHERS),
  configId: unsupported(OTHERS),
  queueId: unsupported(OTHERS),
  operator: unsupported(OTHERS),
  value: unsupported(OTHERS),
  traceTags: unsupported(OTHERS),
};

const COMMENT_FIELDS = {
  ...PAGING,
  objectType: text('What `objectId` names: SESSION, TRACE or OBSERVATION, in any case.'),
  objectId: text('Only comments on this. Needs `objectType`.'),
  authorUserId: unsupported('use objectType and objectId'),
};

function createRoutes(
  { annotations, limits, budget, changes, now = Date.now }: AnnotationsDeps,
  kind: Annotation['kind'],
): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const [canRead, canWrite] = [requireRight('read'), requireRight('write')];
  const [read, noun] = kind === 'score' ? ([readScore, 'a score'] as const) : ([readComment, 'a comment'] as const);
  const show = (annotation: Annotation, projectId: string): object =>
    kind === 'score' ? toScore(annotation) : toComment(annotation, projectId);
  const describe = (about: Omit<Operation, 'tag'>) => operation({ ...about, tag: 'annotations' });

  /** Tells those who watch its session. */
  const tell = (projectId: string, { traceId, sessionId }: Annotation): void => {
    if (traceId !== null) changes.stored(projectId, [{ traceId, trace: {} }]);
    else if (sessionId !== null) changes.annotated(projectId, sessionId);
  };

  app.post(
    '/',
    describe({
      summary: `Write ${noun}`,
      description:
        'One that has the id of another takes its place. Beside the fields of Langfuse, `turn` (a number from 1) says which turn of its trace it is on, and `passage` (`exact`, `prefix`, `suffix`) on which passage of what was said.',
      body: ['application/json'],
      answer: v.object({ id: v.string() }),
      errors: [413, 503],
    }),
    canWrite,
    async (context) => {
      const { projectId } = context.var.principal;
      const share = budget.open();
      try {
        const annotation = read(await readFields(context, limits, share), { id: randomUUID(), timeMs: now() });
        await annotations.writeAnnotations(projectId, [annotation]);
        tell(projectId, annotation);
        return context.json({ id: annotation.id });
      } finally {
        share.release();
      }
    },
  );

  const list = async (
    context: Context<ServerEnv>,
    asked: Partial<AnnotationQuery>,
    page: ReturnType<typeof pageOf>,
  ) => {
    const { projectId } = context.var.principal;
    const { limit, offset, meta } = page;
    const found = await annotations.listAnnotations(projectId, { kind, limit, offset, ...asked });
    return context.json({ data: found.annotations.map((each) => show(each, projectId)), meta: meta(found.total) });
  };
  if (kind === 'score') {
    app.get(
      '/',
      describe({ summary: 'List scores, latest first', answer: scoresAnswer }),
      canRead,
      query(SCORE_FIELDS),
      (context) => {
        const { traceId, observationId, sessionId, name, ...fields } = context.req.valid('query');
        const { scoreIds = [] } = fields;
        if (scoreIds.length > 1) {
          throw badRequest(`scoreIds takes one id, got ${scoreIds.length}; ask for one after the other.`);
        }
        const asked = defined({
          id: scoreIds[0],
          sessionId,
          traceId: traceId === undefined ? undefined : toTraceId(traceId),
          observationId: observationId === undefined ? undefined : toObservationId(observationId),
          name,
          fromMs: fields.fromTimestamp,
          toMs: fields.toTimestamp,
        });
        return list(context, asked, pageOf(fields));
      },
    );
  } else {
    app.get(
      '/',
      describe({ summary: 'List comments, latest first', answer: commentsAnswer }),
      canRead,
      query(COMMENT_FIELDS),
      (context) => {
        const { objectType, objectId, ...fields } = context.req.valid('query');
        return list(context, objectOf(objectType, objectId), pageOf(fields));
      },
    );
  }

  app.get(
    '/:id',
    describe({
      summary: `Read ${noun}`,
      answer: kind === 'score' ? scoreAnswer : commentAnswer,
      errors: [404],
    }),
    canRead,
    async (context) => {
      const { projectId } = context.var.principal;
      const id = context.req.param('id');
      const asked = { kind, id, limit: 1, offset: 0 };
      const { annotations: found } = await annotations.listAnnotations(projectId, asked);
      const [annotation] = found;
      if (annotation === undefined) throw notFound(`There is no ${kind} ${quote(id)}.`);
      return context.json(show(annotation, projectId));
    },
  );

  app.delete(
    '/:id',
    describe({
      summary: `Delete ${noun}`,
      status: 202,
      answer: v.object({ message: v.string() }),
      errors: [404, 503],
    }),
    canWrite,
    async (context) => {
      const id = context.req.param('id');
      const { projectId } = context.var.principal;
      const { annotations: found } = await annotations.listAnnotations(projectId, { kind, id, limit: 1, offset: 0 });
      if (!(await annotations.deleteAnnotation(projectId, kind, id))) {
        throw notFound(`There is no ${kind} ${quote(id)}.`);
      }
      for (const annotation of found) tell(projectId, annotation);
      return context.json({ message: `The ${kind} was deleted.` }, 202);
    },
  );

  return app;
}

/** The body as the fields of a JSON object. Throws `InvalidField`, a 400 or a `Refusal`. */
export async function readFields(
  context: Context<ServerEnv>,
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

function objectOf(type: string | undefined, id: string | undefined): Partial<AnnotationQuery> {
  if (id === undefined) return {};
  switch (type?.toUpperCase()) {
    case 'SESSION':
      return { sessionId: id };
    case 'TRACE':
      return { traceId: toTraceId(id) };
    case 'OBSERVATION':
      return { observationId: toObservationId(id) };
    default:
      throw badRequest('objectType must be SESSION, TRACE or OBSERVATION.');
  }
}
