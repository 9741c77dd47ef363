import { Hono } from 'hono';
import { badRequest, notFound } from '../../base/http-errors.js';
import { toObservationId, toTraceId } from '../../observation/foreign-id.js';
import { listAnswer } from '../../routes/list-answer.js';
import { operation } from '../../routes/operation.js';
import { requireRight, type ServerEnv } from '../../routes/principal.js';
import { query, quote, text } from '../../routes/query.js';
import type { SessionReader } from '../../store/contract.js';
import { BodyBudget } from './body-budget.js';
import type { Candidate } from './observation-columns.js';
import { type ObservationFilter, observationFilter } from './observation-filter.js';
import { conditionsOf, NARROWING } from './observation-query.js';
import { walkObservations } from './observation-walk.js';
import { COUNTED, PAGING, pageOf } from './paging.js';
import { observationAnswer, observationsAnswer } from './schemas.js';
import { toObservationView } from './shapes.js';

/** Observations that one request looks at, at most. */
const MOST_EXAMINED = 20_000;

/** `GET /observations` and `GET /observations/{id}` of the Langfuse API. */
export function createObservationsApi(reader: SessionReader): Hono<ServerEnv> {
  const api = new Hono<ServerEnv>();
  const canRead = requireRight('read');

  api.get(
    '/',
    operation({
      summary: 'List observations, latest start first',
      description: `\`totalItems\` is exact up to ${COUNTED}; of more, it says as many as are counted, always more than are shown so far.`,
      tag: 'langfuse',
      answer: observationsAnswer,
    }),
    canRead,
    query({ ...PAGING, ...NARROWING }),
    async (context) => {
      const { projectId } = context.var.principal;
      const fields = context.req.valid('query');
      const { limit, offset, meta } = pageOf(fields);
      const filter = observationFilter(conditionsOf(fields));
      const { shown, count } = await pageAt(reader, projectId, filter, { limit, offset });
      const budget = new BodyBudget();
      return listAnswer(context, { meta: meta(count) }, ['data', shown], async ({ observation, readBody }) =>
        toObservationView(observation, await readBody(), budget),
      );
    },
  );

  api.get(
    '/:id',
    operation({
      summary: 'Read an observation',
      description: 'The latest of those that have the id, in whichever trace.',
      tag: 'langfuse',
      answer: observationAnswer,
      errors: [404],
    }),
    canRead,
    query({ traceId: text('The trace that it is in: found at once, where without it traces are searched.') }),
    async (context) => {
      const { projectId } = context.var.principal;
      const givenId = context.req.param('id');
      const { traceId } = context.req.valid('query');
      const of = traceId === undefined ? null : toTraceId(traceId);
      const observation = await reader.getObservation(projectId, of, toObservationId(givenId));
      if (observation === null) throw notFound(`There is no observation ${quote(givenId)}.`);
      const [body = null] = await reader.readBodies(projectId, [observation]);
      return context.json(toObservationView(observation, body, new BodyBudget(Number.POSITIVE_INFINITY)));
    },
  );

  return api;
}

async function pageAt(
  reader: SessionReader,
  projectId: string,
  filter: ObservationFilter,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<{ readonly shown: readonly Candidate[]; readonly count: number }> {
  const shown: Candidate[] = [];
  let [count, examined] = [0, 0];
  for await (const candidate of walkObservations(reader, projectId, filter, null)) {
    examined += 1;
    if (examined > MOST_EXAMINED) {
      throw badRequest(
        `page cannot be counted to: more than ${MOST_EXAMINED} observations would have to be looked at. Narrow the list with traceId, sessionId, fromStartTime or toStartTime, or read /api/public/v2/observations, which goes on from a cursor.`,
      );
    }
    if (!(await filter.matches(candidate))) continue;
    if (count >= offset && shown.length < limit) shown.push(candidate);
    count += 1;
    if (count >= Math.max(COUNTED, offset + 2 * limit)) break;
  }
  return { shown, count };
}
