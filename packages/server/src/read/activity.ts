import type { SessionActivity } from '@powerrag/protocol';
import { Hono } from 'hono';
import { badRequest } from '../base/http-errors.js';
import { operation } from '../routes/operation.js';
import { requireRight, type ServerEnv } from '../routes/principal.js';
import { query, repeated } from '../routes/query.js';
import type { Annotations } from '../store/annotations.js';
import type { SessionReader, StoredSession } from '../store/contract.js';
import { activityOf, type Recorded, scoresByName } from './activity-figures.js';
import { sessionActivities } from './answers/activity.js';

/** Sessions of one request: together they fit into an address. */
const MAX_SESSIONS = 25;
/** Up to so many observations are each counted when they began; in a session of few traces, more are. */
const MOST_OBSERVATIONS = 500;
const FEW_TRACES = 8;
const MOST_OBSERVATIONS_OF_FEW = 5_000;
/** So many traces are read of a longer session: its cost is bounded. */
const MOST_TRACES = 500;
const TRACES_AT_ONCE = 100;

/** When things happened in some sessions, and how they were judged: what a list shows beside each. */
export function createActivityApi(reader: SessionReader, annotations?: Annotations): Hono<ServerEnv> {
  const api = new Hono<ServerEnv>();
  api.get(
    '/session-activity',
    operation({
      summary: 'Read when things happened in some sessions, and how they were judged',
      description: `In the order of the request; sessions that there are not are left out. Of a long session the first ${MOST_TRACES} traces are counted.`,
      tag: 'page',
      answer: sessionActivities,
    }),
    requireRight('read'),
    query({ sessionId: repeated(`The id of a session; ${MAX_SESSIONS} at most.`) }),
    async (context) => {
      const { sessionId: ids = [] } = context.req.valid('query');
      if (ids.length > MAX_SESSIONS) {
        throw badRequest(
          `sessionId takes ${MAX_SESSIONS} ids, got ${ids.length}; ask for the rest in another request.`,
        );
      }
      const data: SessionActivity[] = [];
      for (const id of ids) {
        const found = await readActivity(reader, annotations, context.var.principal.projectId, id);
        if (found !== null) data.push(found);
      }
      return context.json({ data });
    },
  );
  return api;
}

async function readActivity(
  reader: SessionReader,
  annotations: Annotations | undefined,
  projectId: string,
  sessionId: string,
): Promise<SessionActivity | null> {
  const session = await reader.getSession(projectId, sessionId);
  if (session === null) return null;
  const traceIds = annotations === undefined ? [] : await reader.listTraceIds(projectId, sessionId);
  const found = (await annotations?.annotationsOf(projectId, { sessionId, traceIds })) ?? [];
  // One that names neither session nor trace may be of any session.
  const known = found.filter((annotation) => annotation.traceId !== null || annotation.sessionId !== null);
  return {
    sessionId,
    ...activityOf(session, await recordedIn(reader, projectId, session)),
    scores: scoresByName(known),
    commentCount: known.filter(({ kind }) => kind === 'comment').length,
  };
}

/** Each observation of a short session, each trace of a long one. */
async function recordedIn(reader: SessionReader, projectId: string, session: StoredSession): Promise<Recorded[]> {
  const most = session.traceCount < FEW_TRACES ? MOST_OBSERVATIONS_OF_FEW : MOST_OBSERVATIONS;
  if (session.observationCount <= most) {
    const observations = await reader.listObservations(projectId, { sessionId: session.id });
    return observations.map(({ startMs, level }) => ({
      ...{ startMs, endMs: startMs, count: 1, errorCount: level === 'ERROR' ? 1 : 0 },
    }));
  }
  const recorded: Recorded[] = [];
  for (let offset = 0; offset < MOST_TRACES; offset += TRACES_AT_ONCE) {
    const page = { sessionId: session.id, limit: TRACES_AT_ONCE, offset };
    const { traces } = await reader.listTraces(projectId, page);
    for (const { startMs, endMs, observationCount: count, errorCount } of traces) {
      recorded.push({ startMs, endMs, count, errorCount });
    }
    if (traces.length < TRACES_AT_ONCE) break;
  }
  return recorded;
}
