import { Hono } from 'hono';
import { defined } from '../../base/defined.js';
import { notFound } from '../../base/http-errors.js';
import { toTraceId } from '../../observation/foreign-id.js';
import { listAnswer } from '../../routes/list-answer.js';
import { operation } from '../../routes/operation.js';
import { requireRight, type ServerEnv } from '../../routes/principal.js';
import { commaSeparated, oneOf, query, quote, someOf, text, time } from '../../routes/query.js';
import type { Annotations } from '../../store/annotations.js';
import type { SessionReader } from '../../store/contract.js';
import { BodyBudget } from './body-budget.js';
import { PAGING, pageOf } from './paging.js';
import { traceAnswer, tracesAnswer } from './schemas.js';
import { toScore } from './score.js';
import { toObservationView, toTotals, toTrace } from './shapes.js';
import { TRACE_COLUMNS } from './trace-columns.js';
import { detailsOf, rootOf } from './trace-details.js';
import { readTraceFilter } from './trace-filter.js';
import { pageOfTraces } from './trace-page.js';

const FIELDS = {
  ...PAGING,
  orderBy: oneOf(['timestamp.desc', 'timestamp.asc'], 'Order of start.'),
  sessionId: text('Only traces of this session.'),
  userId: text('Only traces of this user.'),
  name: text('Only traces of this name.'),
  tags: commaSeparated('Only traces with all of these tags, separated by commas.'),
  version: text('Only traces of this version.'),
  release: text('Only traces of this release.'),
  environment: commaSeparated('Only traces of these environments, separated by commas.'),
  fromTimestamp: time('Only traces that start at or after this.'),
  toTimestamp: time('Only traces that start before this.'),
  fields: someOf(
    ['core', 'io', 'scores', 'observations', 'metrics'],
    'What to fill in, separated by commas; the rest is empty, or -1.',
  ),
  filter: text(
    `A JSON list of \`{ type, column, operator, value, key? }\`, which stands instead of the fields above. Answered are ${TRACE_COLUMNS.answered}.`,
  ),
};

/** Scores of one trace that are shown with it; `GET /api/public/scores` has all of them. */
const MOST_SCORES = 1_000;

/** `GET /traces` and `GET /traces/{id}` of the Langfuse API. */
export function createTracesApi(reader: SessionReader, annotations?: Annotations): Hono<ServerEnv> {
  const api = new Hono<ServerEnv>();
  const scoresOf = async (projectId: string, traceId: string) => {
    const query = { kind: 'score', anyOf: { traceId: [traceId] }, limit: MOST_SCORES, offset: 0 } as const;
    return (await annotations?.listAnnotations(projectId, query))?.annotations ?? [];
  };
  const canRead = requireRight('read');

  api.get(
    '/traces',
    operation({ summary: 'List traces', tag: 'langfuse', answer: tracesAnswer }),
    canRead,
    query(FIELDS),
    async (context) => {
      const { projectId } = context.var.principal;
      const { orderBy, fields, fromTimestamp: fromMs, toTimestamp: toMs, ...rest } = context.req.valid('query');
      const { limit, offset, meta } = pageOf(rest);
      const { sessionId, userId, name, tags, version, release, environment: environments } = rest;
      const { query: narrowed, matches } =
        rest.filter === undefined
          ? {
              query: defined({ sessionId, userId, name, tags, version, release, environments, fromMs, toMs }),
              matches: null,
            }
          : readTraceFilter(rest.filter);
      const order = orderBy === 'timestamp.asc' ? 'asc' : 'desc';
      const asked = { ...narrowed, order, limit, offset } as const;
      const { traces, total } =
        matches === null
          ? await reader.listTraces(projectId, asked)
          : await pageOfTraces(reader, projectId, asked, matches);
      const withDetails = fields.has('io') || fields.has('observations');
      const budget = new BodyBudget();
      return listAnswer(context, { meta: meta(total) }, ['data', traces], async (trace) => {
        const detail = withDetails ? (await detailsOf(reader, projectId, [trace])).get(trace.id) : undefined;
        const scores = fields.has('scores') ? await scoresOf(projectId, trace.id) : [];
        return {
          ...toTrace(trace, detail?.body ?? null, budget),
          ...(fields.has('io') ? {} : { input: null, output: null, metadata: null }),
          ...toTotals(trace),
          // The Langfuse API writes -1 and an empty list for what is left out.
          ...(fields.has('metrics') ? {} : { latency: -1, totalCost: -1 }),
          observations: fields.has('observations') ? (detail?.observationIds ?? []) : [],
          scores: scores.map(({ id }) => id),
        };
      });
    },
  );

  api.get(
    '/traces/:id',
    operation({ summary: 'Read a trace with its observations', tag: 'langfuse', answer: traceAnswer, errors: [404] }),
    canRead,
    async (context) => {
      const { projectId } = context.var.principal;
      const givenId = context.req.param('id');
      const traceId = toTraceId(givenId);
      const trace = await reader.getTrace(projectId, traceId);
      if (trace === null) throw notFound(`There is no trace ${quote(givenId)}.`);
      const observations = await reader.listObservations(projectId, { traceId });
      const root = rootOf(observations);
      const [rootBody = null] = root === undefined ? [] : await reader.readBodies(projectId, [root]);
      const budget = new BodyBudget();
      const head = {
        // Its own input and output are whole here: nothing else tells them.
        ...toTrace(trace, rootBody, new BodyBudget(Number.POSITIVE_INFINITY)),
        ...toTotals(trace),
        scores: (await scoresOf(projectId, traceId)).map((score) => toScore(score, trace)),
      };
      return listAnswer(context, head, ['observations', observations], async (observation) => {
        const [body = null] = await reader.readBodies(projectId, [observation]);
        return toObservationView(observation, body, budget);
      });
    },
  );

  return api;
}
