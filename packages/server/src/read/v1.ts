import type { ObservationDetails, Page, SessionSummary } from '@powerrag/protocol';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { ObservationBody } from '../observation.js';
import { bodiesToRead, bodyKey, readBody, readMetadata, toMessages, toReplay, toTokenUsage } from '../replay/index.js';
import type { SessionReader, StoredObservation } from '../store/contract.js';
import type { Changes } from './changes.js';
import { notFound, unavailable } from './errors.js';
import { Query, quote } from './query.js';

/** How many may follow sessions at a time: each holds a connection. */
const MAX_FOLLOWERS = 500;
/** After so many milliseconds without a change something is sent, lest a proxy take the connection for dead. */
const HEARTBEAT_MS = 15_000;
/** Milliseconds in which further changes count as one. */
const PACE_MS = 200;

/** What the page reads. */
export function createV1Api(reader: SessionReader, projectId: string, changes: Changes): Hono {
  const api = new Hono();

  api.get('/sessions', async (context) => {
    const query = new Query(context.req.queries());
    const cursor = query.text('cursor');
    const environments = query.list('environment');
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

  api.get('/sessions/:id/replay', async (context) => {
    const sessionId = context.req.param('id');
    const session = await reader.getSession(projectId, sessionId);
    if (session === null) throw notFound(`There is no session ${quote(sessionId)}.`);
    const observations = await reader.listObservations(projectId, { sessionId });
    const { traces } = await reader.listTraces(projectId, { sessionId });
    const keys = bodiesToRead(traces, observations);
    const bodies = await reader.readBodies(projectId, keys);
    const byKey = new Map(keys.map((key, index) => [bodyKey(key), bodies[index] ?? null]));
    return context.json(toReplay(session, traces, observations, byKey));
  });

  api.get('/sessions/:id/changes', async (context) => {
    const sessionId = context.req.param('id');
    if ((await reader.getSession(projectId, sessionId)) === null)
      throw notFound(`There is no session ${quote(sessionId)}.`);
    if (changes.followers >= MAX_FOLLOWERS) throw unavailable(`${MAX_FOLLOWERS} clients follow sessions already.`);
    const follower = await changes.follow(projectId, sessionId, async () => {
      const { traces } = await reader.listTraces(projectId, { sessionId });
      return traces.map(({ id }) => id);
    });
    // Not to be kept back by a proxy until there is enough of it (nginx).
    context.header('x-accel-buffering', 'no');
    return streamSSE(context, async (stream) => {
      stream.onAbort(() => follower.stop());
      await stream.write(': a change is an event; fetch the session again\n\n');
      for (;;) {
        const what = await follower.next(HEARTBEAT_MS);
        if (what === 'over') return;
        if (what === 'quiet') await stream.write(': still here\n\n');
        else {
          await stream.writeSSE({ event: 'change', data: '{}' });
          await stream.sleep(PACE_MS);
        }
      }
    });
  });

  api.get('/traces/:traceId/observations/:id', async (context) => {
    const { traceId, id } = context.req.param();
    const observation = await reader.getObservation(projectId, traceId, id);
    const [body] = await reader.readBodies(projectId, [{ traceId, id }]);
    if (observation === null || !body)
      throw notFound(`There is no observation ${quote(id)} in trace ${quote(traceId)}.`);
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
    inputMessages: toMessages(input),
    outputMessages: toMessages(output),
    metadata: readMetadata(body.metadata),
    events: body.events,
  };
}
