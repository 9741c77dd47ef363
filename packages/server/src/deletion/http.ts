import { API_SESSION, API_USER } from '@powerrag/protocol';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import * as v from 'valibot';
import { readFields } from '../annotations/http.js';
import { badRequest, notFound } from '../base/http-errors.js';
import type { Log } from '../base/log.js';
import { InvalidField } from '../ingest/json-fields.js';
import type { MemoryBudget } from '../ingest/memory-budget.js';
import type { Changes } from '../live/changes.js';
import { toTraceId } from '../observation/foreign-id.js';
import type { IngestLimits } from '../otlp/limits.js';
import { Refusal } from '../otlp/refusal.js';
import { SESSION_ID, sessionIdOf } from '../read/session-id.js';
import { type Operation, operation } from '../routes/operation.js';
import { requireRight, type ServerEnv } from '../routes/principal.js';
import { quote } from '../routes/query.js';
import type { Deletion, Retention } from '../store/retention.js';
import { StoreUnavailable } from '../store/unavailable.js';

export interface DeletionDeps extends Pick<Retention, 'deleteTraces'> {
  readonly limits: IngestLimits;
  readonly log: Log;
  readonly budget: MemoryBudget;
  /** Followers of sessions are told. */
  readonly changes: Changes;
}

/** Traces that one request may name. */
const MAX_TRACE_IDS = 10_000;

const RETRY_AFTER_S = '5';

const deletionAnswer = v.object({
  traceCount: v.pipe(v.number(), v.description('How many traces were deleted.')),
});
const langfuseAnswer = v.object({ message: v.string() });

const DESCRIPTION =
  'With everything that belongs to it, for good: what clients send again of it within 30 days is taken and not stored.';

/** Routes that delete. Needs a principal with the right `delete`. */
export function createDeletion({ deleteTraces, limits, budget, changes }: DeletionDeps): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const canDelete = requireRight('delete');
  const describe = (about: Omit<Operation, 'tag'>) =>
    operation({ description: DESCRIPTION, errors: [404, 503], ...about, tag: 'deletion' });
  const run = async (projectId: string, what: Deletion) => {
    const traceCount = await deleteTraces(projectId, what);
    if (traceCount > 0) changes.deleted(projectId);
    return { traceCount };
  };
  const answerOf = (deleted: { readonly traceCount: number }, what: string, id: string) => {
    if (deleted.traceCount === 0) throw notFound(`There is no ${what} ${quote(id)}.`);
    return deleted;
  };

  for (const [path, parameters] of [
    ['/api/v1/sessions/:id{[\\s\\S]+}', {}],
    ['/api/v1/session', { parameters: [SESSION_ID] }],
  ] as const) {
    app.delete(
      path,
      describe({ summary: 'Delete a session', answer: deletionAnswer, ...parameters }),
      canDelete,
      async (context) => {
        const sessionId = sessionIdOf(context, API_SESSION);
        const deleted = await run(context.var.principal.projectId, { kind: 'session', sessionId });
        return context.json(answerOf(deleted, 'session', sessionId));
      },
    );
  }

  for (const [path, parameters] of [
    ['/api/v1/users/:id{[\\s\\S]+}', {}],
    ['/api/v1/user', { parameters: [{ name: 'id', in: 'query', description: 'The user id.' }] }],
  ] as const) {
    app.delete(
      path,
      describe({ summary: 'Delete all traces of a user', answer: deletionAnswer, ...parameters }),
      canDelete,
      async (context) => {
        const { pathname, search } = new URL(context.req.url);
        const userId = API_USER.idIn(pathname, search);
        if (userId === null) throw badRequest('id is missing: name the user with `?id=` and its percent-encoded id.');
        const deleted = await run(context.var.principal.projectId, { kind: 'user', userId });
        return context.json(answerOf(deleted, 'trace of user', userId));
      },
    );
  }

  app.delete(
    '/api/v1/traces/:id',
    describe({ summary: 'Delete a trace', answer: deletionAnswer }),
    canDelete,
    async (context) => {
      const id = context.req.param('id');
      const traceIds = [toTraceId(id)];
      const deleted = await run(context.var.principal.projectId, { kind: 'traces', traceIds });
      return context.json(answerOf(deleted, 'trace', id));
    },
  );

  // Langfuse answers the same whether or not there is such a trace.
  app.delete(
    '/api/public/traces/:id',
    describe({ summary: 'Delete a trace', answer: langfuseAnswer, errors: [503] }),
    canDelete,
    async (context) => {
      const traceIds = [toTraceId(context.req.param('id'))];
      await run(context.var.principal.projectId, { kind: 'traces', traceIds });
      return context.json({ message: 'Trace deleted successfully' });
    },
  );
  app.delete(
    '/api/public/traces',
    describe({
      summary: 'Delete traces',
      description: `${DESCRIPTION} The body is \`{ "traceIds": ["…"] }\`, of ${MAX_TRACE_IDS} ids at most.`,
      body: ['application/json'],
      answer: langfuseAnswer,
      errors: [413, 503],
    }),
    canDelete,
    async (context) => {
      const share = budget.open();
      try {
        const ids = (await readFields(context, limits, share)).texts('traceIds');
        if (ids === undefined) throw badRequest('traceIds is missing: list the ids of the traces to delete.');
        if (ids.length > MAX_TRACE_IDS) {
          throw badRequest(`traceIds has ${ids.length} ids; send ${MAX_TRACE_IDS} at most in one request.`);
        }
        await run(context.var.principal.projectId, { kind: 'traces', traceIds: ids.map(toTraceId) });
        return context.json({ message: 'Traces deleted successfully' });
      } finally {
        share.release();
      }
    },
  );

  app.onError((error, context) => {
    if (error instanceof HTTPException) return context.json({ message: error.message }, error.status);
    if (error instanceof InvalidField) return context.json({ message: error.message }, 400);
    if (error instanceof Refusal) return context.json({ message: error.message }, error.status);
    if (!(error instanceof StoreUnavailable)) throw error;
    return context.json({ message: error.message }, 503, { 'retry-after': RETRY_AFTER_S });
  });
  return app;
}
