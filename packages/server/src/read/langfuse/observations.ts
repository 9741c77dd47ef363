import { Hono } from 'hono';
import { badRequest } from '../../base/http-errors.js';
import { toObservationId, toTraceId } from '../../observation/foreign-id.js';
import type { SessionReader, StoredObservation } from '../../store/contract.js';
import { Query } from '../query.js';
import { readPaging } from './paging.js';
import { toObservationView } from './shapes.js';

/** `GET /observations`: the observations of one trace or one session, latest start first, as the Langfuse API has them. */
export function createObservationsApi(reader: SessionReader, projectId: string): Hono {
  const api = new Hono();

  api.get('/', async (context) => {
    const query = new Query(context.req.queries());
    query.refuse({ name: 'filter', mend: 'use traceId, type, name, level and parentObservationId' });
    const paging = readPaging(query);
    const matching = (await reader.listObservations(projectId, readOwner(query))).filter(readFilter(query)).reverse();
    const shown = matching.slice(paging.offset, paging.offset + paging.limit);
    const bodies = await reader.readBodies(projectId, shown);
    const data = shown.map((observation, index) => toObservationView(observation, bodies[index] ?? null));
    return context.json({ data, meta: paging.meta(matching.length) });
  });

  return api;
}

function readOwner(query: Query): { readonly traceId: string } | { readonly sessionId: string } {
  const traceId = query.text('traceId');
  if (traceId !== undefined) return { traceId: toTraceId(traceId) };
  const sessionId = query.text('sessionId');
  if (sessionId !== undefined) return { sessionId };
  throw badRequest('traceId or sessionId is missing; observations are listed for one trace or one session.');
}

function readFilter(query: Query): (observation: StoredObservation) => boolean {
  const type = query.text('type')?.toLowerCase();
  const name = query.text('name');
  const level = query.text('level')?.toUpperCase();
  const parentId = query.text('parentObservationId');
  return (observation) =>
    (type === undefined || observation.type === type) &&
    (name === undefined || observation.name === name) &&
    (level === undefined || observation.level === level) &&
    (parentId === undefined || observation.parentId === toObservationId(parentId));
}
