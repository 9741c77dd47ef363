import { Hono } from 'hono';
import { badRequest } from '../../base/http-errors.js';
import { toObservationId, toTraceId } from '../../observation/foreign-id.js';
import { listAnswer } from '../../routes/list-answer.js';
import { operation } from '../../routes/operation.js';
import { requireRight, type ServerEnv } from '../../routes/principal.js';
import { query, text, unsupported } from '../../routes/query.js';
import type { SessionReader, StoredObservation } from '../../store/contract.js';
import { BodyBudget } from './body-budget.js';
import { PAGING, pageOf } from './paging.js';
import { observationsAnswer } from './schemas.js';
import { toObservationView } from './shapes.js';

const FIELDS = {
  ...PAGING,
  traceId: text('The trace whose observations to list. Without it, give `sessionId`.'),
  sessionId: text('The session whose observations to list. Ignored when `traceId` is given.'),
  type: text('Only observations of this type, in any case.'),
  name: text('Only observations of this name.'),
  level: text('Only observations of this level, in any case.'),
  parentObservationId: text('Only the children of this observation.'),
  filter: unsupported('use traceId, type, name, level and parentObservationId'),
};

interface Filter {
  readonly type: string | undefined;
  readonly name: string | undefined;
  readonly level: string | undefined;
  readonly parentObservationId: string | undefined;
}

/** `GET /observations` of the Langfuse API: the observations of one trace or one session, latest start first. */
export function createObservationsApi(reader: SessionReader): Hono<ServerEnv> {
  const api = new Hono<ServerEnv>();

  api.get(
    '/',
    operation({
      summary: 'List the observations of a trace or a session',
      tag: 'langfuse',
      answer: observationsAnswer,
    }),
    requireRight('read'),
    query(FIELDS),
    async (context) => {
      const { projectId } = context.var.principal;
      const fields = context.req.valid('query');
      const { limit, offset, meta } = pageOf(fields);
      const all = await reader.listObservations(projectId, ownerOf(fields));
      const matching = all.filter(matches(fields)).reverse();
      const shown = matching.slice(offset, offset + limit);
      const budget = new BodyBudget();
      return listAnswer(context, { meta: meta(matching.length) }, ['data', shown], async (observation) => {
        const [body = null] = await reader.readBodies(projectId, [observation]);
        return toObservationView(observation, body, budget);
      });
    },
  );

  return api;
}

function ownerOf({
  traceId,
  sessionId,
}: {
  readonly traceId: string | undefined;
  readonly sessionId: string | undefined;
}) {
  if (traceId !== undefined) return { traceId: toTraceId(traceId) };
  if (sessionId !== undefined) return { sessionId };
  throw badRequest('traceId or sessionId is missing; observations are listed for one trace or one session.');
}

function matches(fields: Filter): (observation: StoredObservation) => boolean {
  const { name, parentObservationId: parentId } = fields;
  const type = fields.type?.toLowerCase();
  const level = fields.level?.toUpperCase();
  return (observation) =>
    (type === undefined || observation.type === type) &&
    (name === undefined || observation.name === name) &&
    (level === undefined || observation.level === level) &&
    (parentId === undefined || observation.parentId === toObservationId(parentId));
}
