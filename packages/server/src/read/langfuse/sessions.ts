import { PUBLIC_SESSION } from '@powerrag/protocol';
import { Hono } from 'hono';
import { defined } from '../../base/defined.js';
import { notFound } from '../../base/http-errors.js';
import { listAnswer } from '../../routes/list-answer.js';
import { operation } from '../../routes/operation.js';
import { requireRight, type ServerEnv } from '../../routes/principal.js';
import { commaSeparated, query, quote, time, unsupported } from '../../routes/query.js';
import type { SessionReader } from '../../store/contract.js';
import { sessionIdOf, sessionPaths } from '../session-id.js';
import { BodyBudget } from './body-budget.js';
import { PAGING, pageOf } from './paging.js';
import { sessionAnswer, sessionsAnswer } from './schemas.js';
import { toSession, toTrace } from './shapes.js';
import { detailsOf } from './trace-details.js';

const FIELDS = {
  ...PAGING,
  fromTimestamp: time('Only sessions that start at or after this.'),
  toTimestamp: time('Only sessions that start before this.'),
  environment: commaSeparated('Only sessions of these environments, separated by commas.'),
  filter: unsupported('use fromTimestamp, toTimestamp and environment'),
};

/** `GET /sessions` and `GET /sessions/{id}` of the Langfuse API. */
export function createSessionsApi(reader: SessionReader): Hono<ServerEnv> {
  const api = new Hono<ServerEnv>();
  const canRead = requireRight('read');

  api.get(
    '/sessions',
    operation({ summary: 'List sessions, latest start first', tag: 'langfuse', answer: sessionsAnswer }),
    canRead,
    query(FIELDS),
    async (context) => {
      const { projectId } = context.var.principal;
      const fields = context.req.valid('query');
      const { limit, offset, meta } = pageOf(fields);
      const { sessions, total } = await reader.listSessions(projectId, {
        limit,
        offset,
        sort: 'start',
        filter: defined({
          startedFrom: fields.fromTimestamp,
          startedTo: fields.toTimestamp,
          environment: fields.environment,
        }),
      });
      const data = sessions.map((session) => toSession(session, projectId));
      return context.json({ data, meta: meta(total ?? data.length) });
    },
  );

  for (const [path, parameters] of sessionPaths()) {
    api.get(
      path,
      operation({
        summary: 'Read a session with its traces',
        tag: 'langfuse',
        answer: sessionAnswer,
        errors: [404],
        ...parameters,
      }),
      canRead,
      async (context) => {
        const { projectId } = context.var.principal;
        const sessionId = sessionIdOf(context, PUBLIC_SESSION);
        const session = await reader.getSession(projectId, sessionId);
        if (session === null) throw notFound(`There is no session ${quote(sessionId)}.`);
        const { traces } = await reader.listTraces(projectId, { sessionId });
        const budget = new BodyBudget();
        return listAnswer(context, toSession(session, projectId), ['traces', traces], async (trace) => {
          const details = await detailsOf(reader, projectId, [trace]);
          return toTrace(trace, details.get(trace.id)?.body ?? null, budget);
        });
      },
    );
  }

  return api;
}
