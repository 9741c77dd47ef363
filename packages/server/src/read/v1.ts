import { SESSION_CHANGES, SESSION_REPLAY } from '@powerrag/protocol';
import { Hono } from 'hono';
import { notFound } from '../base/http-errors.js';
import { changeStream } from '../live/change-stream.js';
import type { Changes } from '../live/changes.js';
import { toObservationId, toTraceId } from '../observation/foreign-id.js';
import { operation } from '../routes/operation.js';
import { requireRight, type ServerEnv } from '../routes/principal.js';
import { quote } from '../routes/query.js';
import type { Annotations } from '../store/annotations.js';
import type { SessionReader } from '../store/contract.js';
import { observationDetails } from './answers/observation.js';
import { replayDocument } from './answers/replay.js';
import { createExportApi } from './export.js';
import { toDetails } from './observation-details.js';
import { sessionIdOf, sessionPaths } from './session-id.js';
import { createSessionListApi } from './session-list.js';
import { readWholeSession } from './whole-session.js';

/** What the page reads. */
export function createV1Api(
  reader: SessionReader,
  changes: Changes,
  annotations?: Annotations,
  now = Date.now,
): Hono<ServerEnv> {
  const api = new Hono<ServerEnv>();
  const canRead = requireRight('read');

  api.route('/', createSessionListApi(reader));
  api.route('/', createExportApi(reader, annotations, now));

  for (const [path, parameters] of sessionPaths('replay')) {
    api.get(
      path,
      operation({
        summary: 'Read a session for replay',
        tag: 'page',
        answer: replayDocument,
        errors: [404],
        ...parameters,
      }),
      canRead,
      async (context) => {
        const { projectId } = context.var.principal;
        const sessionId = sessionIdOf(context, SESSION_REPLAY);
        const session = await readWholeSession({ reader, annotations }, projectId, sessionId, now());
        if (session === null) throw notFound(`There is no session ${quote(sessionId)}.`);
        return context.json(session.replay);
      },
    );
  }

  for (const [path, parameters] of sessionPaths('changes')) {
    api.get(
      path,
      operation({
        summary: 'Follow the changes of a session',
        description: 'A `change` event as soon as more of the session is stored, at most five a second.',
        tag: 'page',
        answer: ['text/event-stream'],
        errors: [404, 503],
        ...parameters,
      }),
      canRead,
      async (context) => {
        const { projectId } = context.var.principal;
        const sessionId = sessionIdOf(context, SESSION_CHANGES);
        const session = await reader.getSession(projectId, sessionId);
        if (session === null) throw notFound(`There is no session ${quote(sessionId)}.`);
        const traceIds = async () => {
          const { traces } = await reader.listTraces(projectId, { sessionId });
          return traces.map(({ id }) => id);
        };
        return changeStream(context, { changes, projectId, sessionId, traceIds });
      },
    );
  }

  api.get(
    '/traces/:traceId/observations/:id',
    operation({
      summary: 'Read an observation with its input and output',
      tag: 'page',
      answer: observationDetails,
      errors: [404],
    }),
    canRead,
    async (context) => {
      const { projectId } = context.var.principal;
      const { traceId: givenTraceId, id: givenId } = context.req.param();
      const [traceId, id] = [toTraceId(givenTraceId), toObservationId(givenId)];
      const observation = await reader.getObservation(projectId, traceId, id);
      const [body] = await reader.readBodies(projectId, [{ traceId, id }]);
      if (observation === null || !body)
        throw notFound(`There is no observation ${quote(givenId)} in trace ${quote(givenTraceId)}.`);
      return context.json(toDetails(observation, body));
    },
  );

  return api;
}
