import { PUBLIC_SESSION } from '@powerrag/protocol';
import { Hono } from 'hono';
import { badRequest, notFound } from '../../base/http-errors.js';
import { toTraceId } from '../../observation/foreign-id.js';
import type { ObservationBody } from '../../observation/observation.js';
import type { SessionReader, StoredObservation, StoredTrace, TraceQuery } from '../../store/contract.js';
import { Query, quote } from '../query.js';
import { sessionIdOf } from '../session-id.js';
import { createObservationsApi } from './observations.js';
import { readPaging } from './paging.js';
import { toObservationView, toSession, toTotals, toTrace } from './shapes.js';

/**
 * The part of the Langfuse API that reads sessions and traces, so that its clients work unchanged.
 * Field names, units and pages are those of its API definition.
 */
export function createLangfuseApi(reader: SessionReader, projectId: string): Hono {
  const api = new Hono();

  api.get('/sessions', async (context) => {
    const query = new Query(context.req.queries());
    query.refuse({ name: 'filter', mend: 'use fromTimestamp, toTimestamp and environment' });
    const paging = readPaging(query);
    const { sessions, total } = await reader.listSessions(projectId, {
      limit: paging.limit,
      offset: paging.offset,
      orderBy: 'created',
      ...defined({
        fromMs: query.time('fromTimestamp'),
        toMs: query.time('toTimestamp'),
        environments: query.list('environment'),
      }),
    });
    const data = sessions.map((session) => toSession(session, projectId));
    return context.json({ data, meta: paging.meta(total ?? data.length) });
  });

  api.on('GET', ['/sessions/:id{[\\s\\S]+}', '/session'], async (context) => {
    const sessionId = sessionIdOf(context, PUBLIC_SESSION);
    const session = await reader.getSession(projectId, sessionId);
    if (session === null) throw notFound(`There is no session ${quote(sessionId)}.`);
    const { traces } = await reader.listTraces(projectId, { sessionId });
    const bodies = await detailsOf(reader, projectId, traces);
    return context.json({
      ...toSession(session, projectId),
      traces: traces.map((trace) => toTrace(trace, bodies.get(trace.id)?.body ?? null)),
    });
  });

  api.get('/traces', async (context) => {
    const query = new Query(context.req.queries());
    query.refuse({
      name: 'filter',
      mend: 'use userId, name, sessionId, tags, version, release, environment and times',
    });
    const paging = readPaging(query);
    const fields = readFields(query);
    const { traces, total } = await reader.listTraces(projectId, {
      ...readTraceQuery(query),
      limit: paging.limit,
      offset: paging.offset,
    });
    const details =
      fields.has('io') || fields.has('observations') ? await detailsOf(reader, projectId, traces) : undefined;
    const data = traces.map((trace) => {
      const detail = details?.get(trace.id);
      const shown = toTrace(trace, detail?.body ?? null);
      return {
        ...shown,
        ...(fields.has('io') ? {} : { input: null, output: null, metadata: null }),
        ...toTotals(trace),
        // What is left out reads as the Langfuse API writes it: -1 and an empty list.
        ...(fields.has('metrics') ? {} : { latency: -1, totalCost: -1 }),
        observations: fields.has('observations') ? (detail?.observationIds ?? []) : [],
        scores: [],
      };
    });
    return context.json({ data, meta: paging.meta(total) });
  });

  api.get('/traces/:id', async (context) => {
    const traceId = toTraceId(context.req.param('id'));
    const trace = await reader.getTrace(projectId, traceId);
    if (trace === null) throw notFound(`There is no trace ${quote(context.req.param('id'))}.`);
    const observations = await reader.listObservations(projectId, { traceId });
    const bodies = await reader.readBodies(projectId, observations);
    const root = rootOf(observations);
    const rootBody = root === undefined ? null : bodies[observations.indexOf(root)];
    return context.json({
      ...toTrace(trace, rootBody ?? null),
      ...toTotals(trace),
      observations: observations.map((observation, index) => toObservationView(observation, bodies[index] ?? null)),
      scores: [],
    });
  });

  api.route('/observations', createObservationsApi(reader, projectId));

  return api;
}

/** By trace id, what the lists of traces show of its observations: the body of its root, and all their ids. */
async function detailsOf(
  reader: SessionReader,
  projectId: string,
  traces: readonly StoredTrace[],
): Promise<Map<string, { readonly body: ObservationBody | null; readonly observationIds: readonly string[] }>> {
  const perTrace = await Promise.all(
    traces.map(async ({ id: traceId }) => {
      const observations = await reader.listObservations(projectId, { traceId });
      return { traceId, root: rootOf(observations), observationIds: observations.map(({ id }) => id) };
    }),
  );
  const roots = perTrace.flatMap(({ root }) => root ?? []);
  const bodies = await reader.readBodies(projectId, roots);
  const bodyOf = new Map(roots.map((root, index) => [root, bodies[index] ?? null]));
  return new Map(
    perTrace.map(({ traceId, root, observationIds }) => [
      traceId,
      { body: root === undefined ? null : (bodyOf.get(root) ?? null), observationIds },
    ]),
  );
}

/** The first observation without a parent; where every parent is missing, the first. */
function rootOf(observations: readonly StoredObservation[]): StoredObservation | undefined {
  return observations.find((observation) => observation.parentId === null) ?? observations[0];
}

function readTraceQuery(query: Query): TraceQuery {
  return {
    order: readOrder(query),
    ...defined({
      sessionId: query.text('sessionId'),
      userId: query.text('userId'),
      name: query.text('name'),
      tags: query.list('tags'),
      version: query.text('version'),
      release: query.text('release'),
      environments: query.list('environment'),
      fromMs: query.time('fromTimestamp'),
      toMs: query.time('toTimestamp'),
    }),
  };
}

function readOrder(query: Query): 'asc' | 'desc' {
  const text = query.text('orderBy') ?? 'timestamp.desc';
  if (text === 'timestamp.asc') return 'asc';
  if (text === 'timestamp.desc') return 'desc';
  throw badRequest(`orderBy must be timestamp.asc or timestamp.desc, got ${quote(text)}.`);
}

const FIELDS = ['core', 'io', 'scores', 'observations', 'metrics'] as const;

function readFields(query: Query): ReadonlySet<string> {
  const fields = query.list('fields') ?? FIELDS;
  const known: readonly string[] = FIELDS;
  const unknown = fields.find((field) => !known.includes(field));
  if (unknown !== undefined) throw badRequest(`fields must be some of ${FIELDS.join(', ')}, got ${quote(unknown)}.`);
  return new Set(fields);
}

/** The fields that were given. */
function defined<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
