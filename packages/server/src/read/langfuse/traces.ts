import { Hono } from 'hono';
import { defined } from '../../base/defined.js';
import { notFound } from '../../base/http-errors.js';
import { toTraceId } from '../../observation/foreign-id.js';
import { operation } from '../../routes/operation.js';
import { requireRight, type ServerEnv } from '../../routes/principal.js';
import { commaSeparated, oneOf, query, quote, someOf, text, time, unsupported } from '../../routes/query.js';
import type { Annotations } from '../../store/annotations.js';
import type { SessionReader } from '../../store/contract.js';
import { BodyBudget } from './body-budget.js';
import { PAGING, pageOf } from './paging.js';
import { traceAnswer, tracesAnswer } from './schemas.js';
import { toScore } from './score.js';
import { toTotals, toTrace } from './shapes.js';
import { detailsOf, rootOf, viewsOf } from './trace-details.js';

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
  filter: unsupported('use userId, name, sessionId, tags, version, release, environment and times'),
};

/** Scores of one trace that are shown with it; `GET /api/public/scores` has all of them. */
const MOST_SCORES = 1_000;

/** `GET /traces` and `GET /traces/{id}` of the Langfuse API. */
export function createTracesApi(reader: SessionReader, annotations?: Annotations): Hono<ServerEnv> {
  const api = new Hono<ServerEnv>();
  const scoresOf = async (projectId: string, traceId: string) => {
    const query = { kind: 'score', traceId, limit: MOST_SCORES, offset: 0 } as const;
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
      const { traces, total } = await reader.listTraces(projectId, {
        order: orderBy === 'timestamp.asc' ? 'asc' : 'desc',
        limit,
        offset,
        ...defined({ sessionId, userId, name, tags, version, release, environments, fromMs, toMs }),
      });
      const details =
        fields.has('io') || fields.has('observations') ? await detailsOf(reader, projectId, traces) : undefined;
      const budget = new BodyBudget();
      const scores = await Promise.all(fields.has('scores') ? traces.map(({ id }) => scoresOf(projectId, id)) : []);
      const data = traces.map((trace, index) => {
        const detail = details?.get(trace.id);
        const shown = toTrace(trace, detail?.body ?? null, budget);
        return {
          ...shown,
          ...(fields.has('io') ? {} : { input: null, output: null, metadata: null }),
          ...toTotals(trace),
          // The Langfuse API writes -1 and an empty list for what is left out.
          ...(fields.has('metrics') ? {} : { latency: -1, totalCost: -1 }),
          observations: fields.has('observations') ? (detail?.observationIds ?? []) : [],
          scores: scores[index]?.map(({ id }) => id) ?? [],
        };
      });
      return context.json({ data, meta: meta(total) });
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
      return context.json({
        // Its own input and output are whole here: nothing else tells them.
        ...toTrace(trace, rootBody, new BodyBudget(Number.POSITIVE_INFINITY)),
        ...toTotals(trace),
        observations: await viewsOf(reader, projectId, observations),
        scores: (await scoresOf(projectId, traceId)).map(toScore),
      });
    },
  );

  return api;
}
