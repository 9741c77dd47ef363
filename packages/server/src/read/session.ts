import { API_SESSION, type SessionDetails } from '@powerrag/protocol';
import { Hono } from 'hono';
import { notFound } from '../base/http-errors.js';
import { operation } from '../routes/operation.js';
import { requireRight, type ServerEnv } from '../routes/principal.js';
import { quote } from '../routes/query.js';
import type { Annotations } from '../store/annotations.js';
import type { SessionReader } from '../store/contract.js';
import { sessionDetails } from './answers/sessions.js';
import { sessionIdOf, sessionPaths } from './session-id.js';

/** One session alone. */
export function createSessionApi(reader: SessionReader, annotations?: Annotations): Hono<ServerEnv> {
  const api = new Hono<ServerEnv>();

  const countScores = async (projectId: string, sessionId: string): Promise<number> => {
    if (annotations === undefined) return 0;
    const traceIds = await reader.listTraceIds(projectId, sessionId);
    const found = await annotations.annotationsOf(projectId, { sessionId, traceIds });
    return found.filter(({ kind }) => kind === 'score').length;
  };

  for (const [path, parameters] of sessionPaths()) {
    api.get(
      path,
      operation({
        summary: 'Read one session',
        description: 'Its row of the list, and the number of its scores.',
        tag: 'page',
        answer: sessionDetails,
        errors: [404],
        ...parameters,
      }),
      requireRight('read'),
      async (context) => {
        const { projectId } = context.var.principal;
        const sessionId = sessionIdOf(context, API_SESSION);
        const session = await reader.getSession(projectId, sessionId);
        if (session === null) throw notFound(`There is no session ${quote(sessionId)}.`);
        const scoreCount = await countScores(projectId, sessionId);
        return context.json({ ...session, scoreCount } satisfies SessionDetails);
      },
    );
  }

  return api;
}
