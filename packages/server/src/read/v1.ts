import {
  type ObservationDetails,
  type Page,
  SESSION_CHANGES,
  SESSION_REPLAY,
  type SessionSummary,
} from '@powerrag/protocol';
import { Hono } from 'hono';
import { notFound } from '../base/http-errors.js';
import { changeStream } from '../live/change-stream.js';
import type { Changes } from '../live/changes.js';
import { toObservationId, toTraceId } from '../observation/foreign-id.js';
import type { ObservationBody } from '../observation/observation.js';
import { bodiesToRead, bodyKey, readBody, readMetadata, toMessages, toReplay, toTokenUsage } from '../replay/index.js';
import { type Annotations, toReplayAnnotation } from '../store/annotations.js';
import type { SessionReader, StoredObservation } from '../store/contract.js';
import { Query, quote } from './query.js';
import { sessionIdOf } from './session-id.js';

/** What the page reads. */
export function createV1Api(
  reader: SessionReader,
  projectId: string,
  changes: Changes,
  annotations?: Annotations,
  now = Date.now,
): Hono {
  const api = new Hono();

  api.get('/sessions', async (context) => {
    const query = new Query(context.req.queries());
    const cursor = query.text('cursor');
    const environments = query.repeated('environment');
    const userId = query.text('userId');
    const conversationId = query.text('conversationId');
    const { sessions, nextCursor } = await reader.listSessions(projectId, {
      limit: query.integer('limit', { min: 1, max: 100, otherwise: 50 }),
      ...(cursor !== undefined && { cursor }),
      ...(environments !== undefined && { environments }),
      ...(userId !== undefined && { userId }),
      ...(conversationId !== undefined && { conversationId }),
    });
    return context.json({ data: sessions, nextCursor } satisfies Page<SessionSummary>);
  });

  api.on('GET', ['/sessions/:id{[\\s\\S]+}/replay', '/session/replay'], async (context) => {
    const sessionId = sessionIdOf(context, SESSION_REPLAY);
    const session = await reader.getSession(projectId, sessionId);
    if (session === null) throw notFound(`There is no session ${quote(sessionId)}.`);
    const observations = await reader.listObservations(projectId, { sessionId });
    const { traces } = await reader.listTraces(projectId, { sessionId });
    const keys = bodiesToRead(traces, observations);
    const bodies = await reader.readBodies(projectId, keys);
    const byKey = new Map(keys.map((key, index) => [bodyKey(key), bodies[index] ?? null]));
    const replay = toReplay(session, traces, observations, byKey, now());
    if (annotations === undefined) return context.json(replay);
    const ids = new Set(observations.map(({ id }) => id));
    const of = await annotations.annotationsOf(projectId, { sessionId, traceIds: traces.map(({ id }) => id) });
    // One on an observation may not name the trace: then it is of this session where the observation is.
    const shown = of.filter(
      (each) => each.traceId !== null || each.observationId === null || ids.has(each.observationId),
    );
    return context.json({ ...replay, annotations: shown.map(toReplayAnnotation) });
  });

  api.on('GET', ['/sessions/:id{[\\s\\S]+}/changes', '/session/changes'], async (context) => {
    const sessionId = sessionIdOf(context, SESSION_CHANGES);
    if ((await reader.getSession(projectId, sessionId)) === null)
      throw notFound(`There is no session ${quote(sessionId)}.`);
    const traceIds = async () => {
      const { traces } = await reader.listTraces(projectId, { sessionId });
      return traces.map(({ id }) => id);
    };
    return changeStream(context, { changes, projectId, sessionId, traceIds });
  });

  api.get('/traces/:traceId/observations/:id', async (context) => {
    const { traceId: givenTraceId, id: givenId } = context.req.param();
    const [traceId, id] = [toTraceId(givenTraceId), toObservationId(givenId)];
    const observation = await reader.getObservation(projectId, traceId, id);
    const [body] = await reader.readBodies(projectId, [{ traceId, id }]);
    if (observation === null || !body)
      throw notFound(`There is no observation ${quote(givenId)} in trace ${quote(givenTraceId)}.`);
    return context.json(toDetails(observation, body));
  });

  return api;
}

function toDetails(observation: StoredObservation, body: ObservationBody): ObservationDetails {
  const input = readBody(body.input);
  const output = readBody(body.output);
  const { usage, cost, ...rest } = observation;
  const { total = null, ...costDetails } = cost;
  return {
    ...rest,
    usage: toTokenUsage(usage),
    cost: total,
    costDetails,
    input,
    output,
    inputMessages: toMessages(input, 'input'),
    outputMessages: toMessages(output, 'output'),
    metadata: readMetadata(body.metadata),
    events: body.events,
  };
}
