import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import * as v from 'valibot';
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
import { query, quote, text, unsupported } from '../routes/query.js';
import type { Annotation, AnnotationQuery, Annotations } from '../store/annotations.js';
import type { SessionReader } from '../store/contract.js';
import { readComment, readScore } from './read-annotation.js';
import { commentAnswer, commentsAnswer, scoreAnswer, scoresAnswer } from './schemas.js';
import { SCORE_FIELDS, toScoreQuery } from './score-fields.js';
import { pageOfScores, tracesOf } from './score-page.js';
import { createScoresV3 } from './scores-v3.js';
import { toComment } from './shapes.js';

export interface AnnotationsDeps {
  /** Knows the traces that scores are on. */
  readonly reader: Pick<SessionReader, 'getTrace'>;
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
  app.route('/api/public/v3/scores', createScoresV3(deps.annotations));
  for (const path of ['/api/public/comments', '/api/v1/comments']) app.route(path, comments);
  app.onError((error, context) => {
    if (error instanceof HTTPException) return context.json({ message: error.message }, error.status);
    if (error instanceof InvalidField) return context.json({ message: error.message }, 400);
    const refusal = toRefusal(error, deps.log);
    return context.json({ message: refusal.message }, refusal.status, headersOf(refusal));
  });
  return app;
}

const COMMENT_FIELDS = {
  ...PAGING,
  objectType: text('What `objectId` names: SESSION, TRACE or OBSERVATION, in any case.'),
  objectId: text('Only comments on this. Needs `objectType`.'),
  authorUserId: unsupported('use objectType and objectId'),
};

function createRoutes(deps: AnnotationsDeps, kind: Annotation['kind']): Hono<ServerEnv> {
  const { annotations, reader, limits, budget, changes, now = Date.now } = deps;
  const app = new Hono<ServerEnv>();
  const [canRead, canWrite] = [requireRight('read'), requireRight('write')];
  const [read, noun] = kind === 'score' ? ([readScore, 'a score'] as const) : ([readComment, 'a comment'] as const);
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

  if (kind === 'score') {
    app.get(
      '/',
      describe({ summary: 'List scores, latest first', answer: scoresAnswer }),
      canRead,
      query(SCORE_FIELDS),
      async (context) => {
        const { projectId } = context.var.principal;
        const { fields, ...given } = context.req.valid('query');
        const { limit, offset, meta } = pageOf(given);
        const { narrowed, rest } = toScoreQuery(given);
        const found = await pageOfScores(deps, { projectId, narrowed, limit, offset }, rest);
        const traceOf = tracesOf(reader, projectId);
        const data = await Promise.all(
          found.annotations.map(async (score) => {
            const { trace, ...core } = toScore(score, fields.has('trace') ? await traceOf(score) : null);
            return fields.has('trace') ? { ...core, trace } : core;
          }),
        );
        return context.json({ data, meta: meta(found.total) });
      },
    );
  } else {
    app.get(
      '/',
      describe({ summary: 'List comments, latest first', answer: commentsAnswer }),
      canRead,
      query(COMMENT_FIELDS),
      async (context) => {
        const { projectId } = context.var.principal;
        const { objectType, objectId, ...fields } = context.req.valid('query');
        const { limit, offset, meta } = pageOf(fields);
        const asked = { kind, limit, offset, anyOf: objectOf(objectType, objectId) };
        const found = await annotations.listAnnotations(projectId, asked);
        return context.json({
          data: found.annotations.map((each) => toComment(each, projectId)),
          meta: meta(found.total),
        });
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
      const asked = { kind, anyOf: { id: [id] }, limit: 1, offset: 0 };
      const { annotations: found } = await annotations.listAnnotations(projectId, asked);
      const [annotation] = found;
      if (annotation === undefined) throw notFound(`There is no ${kind} ${quote(id)}.`);
      return context.json(
        kind === 'score'
          ? toScore(annotation, await tracesOf(reader, projectId)(annotation))
          : toComment(annotation, projectId),
      );
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
      const asked = { kind, anyOf: { id: [id] }, limit: 1, offset: 0 };
      const { annotations: found } = await annotations.listAnnotations(projectId, asked);
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

function objectOf(type: string | undefined, id: string | undefined): NonNullable<AnnotationQuery['anyOf']> {
  if (id === undefined) return {};
  switch (type?.toUpperCase()) {
    case 'SESSION':
      return { sessionId: [id] };
    case 'TRACE':
      return { traceId: [toTraceId(id)] };
    case 'OBSERVATION':
      return { observationId: [toObservationId(id)] };
    default:
      throw badRequest('objectType must be SESSION, TRACE or OBSERVATION.');
  }
}
