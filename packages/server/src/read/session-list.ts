import { FACETS, type Page, SESSION_NEIGHBOURS, type SessionSummary } from '@powerrag/protocol';
import { Hono } from 'hono';
import { defined } from '../base/defined.js';
import { notFound } from '../base/http-errors.js';
import { operation } from '../routes/operation.js';
import { requireRight, type ServerEnv } from '../routes/principal.js';
import { integer, query, quote, someOf, text } from '../routes/query.js';
import { SESSION_FILTER_FIELDS, SESSION_ORDER_FIELDS, toSessionFilter } from '../routes/session-fields.js';
import type { SessionReader } from '../store/contract.js';
import { sessionCount, sessionFacets, sessionNeighbours, sessionPage } from './answers/sessions.js';
import { sessionIdOf, sessionPaths } from './session-id.js';

/** The list of sessions: pages, how many there are, what they can be narrowed to, and what is beside one in it. */
export function createSessionListApi(reader: SessionReader): Hono<ServerEnv> {
  const api = new Hono<ServerEnv>();
  const canRead = requireRight('read');

  api.get(
    '/sessions',
    operation({ summary: 'List sessions, latest activity first', tag: 'page', answer: sessionPage }),
    canRead,
    query({
      limit: integer('Sessions on a page.', { min: 1, max: 100, otherwise: 50 }),
      cursor: text('`nextCursor` of the page before, in the same order.'),
      ...SESSION_ORDER_FIELDS,
      ...SESSION_FILTER_FIELDS,
    }),
    async (context) => {
      const { limit, cursor, sort, order, ...fields } = context.req.valid('query');
      const { sessions, nextCursor } = await reader.listSessions(context.var.principal.projectId, {
        ...{ limit, sort, order, filter: toSessionFilter(fields) },
        ...defined({ cursor }),
      });
      return context.json({ data: sessions, nextCursor } satisfies Page<SessionSummary>);
    },
  );

  api.get(
    '/session-count',
    operation({
      summary: 'Count sessions',
      description: 'Counts to 1,000: there are at least as many when `isExact` is false.',
      tag: 'page',
      answer: sessionCount,
    }),
    canRead,
    query(SESSION_FILTER_FIELDS),
    async (context) => {
      const filter = toSessionFilter(context.req.valid('query'));
      return context.json(await reader.countSessions(context.var.principal.projectId, filter));
    },
  );

  api.get(
    '/session-facets',
    operation({
      summary: 'Count sessions by what they can be narrowed to',
      description:
        'Each facet is counted over the sessions that match all other filters, so a count says what choosing its value would give.',
      tag: 'page',
      answer: sessionFacets,
    }),
    canRead,
    query({
      facets: someOf(FACETS, 'What to count, separated by commas.'),
      valueLimit: integer('Values of each.', { min: 1, max: 100, otherwise: 20 }),
      ...SESSION_FILTER_FIELDS,
    }),
    async (context) => {
      const { facets, valueLimit, ...fields } = context.req.valid('query');
      const counted = await reader.sessionFacets(context.var.principal.projectId, {
        ...{ filter: toSessionFilter(fields), facets: [...facets], limit: valueLimit },
      });
      return context.json(counted);
    },
  );

  for (const [path, parameters] of sessionPaths('neighbours')) {
    api.get(
      path,
      operation({
        summary: 'Read which sessions are beside one in a list',
        tag: 'page',
        answer: sessionNeighbours,
        errors: [404],
        ...parameters,
      }),
      canRead,
      query({ ...SESSION_ORDER_FIELDS, ...SESSION_FILTER_FIELDS }),
      async (context) => {
        const { sort, order, ...fields } = context.req.valid('query');
        const sessionId = sessionIdOf(context, SESSION_NEIGHBOURS);
        const list = { sort, order, filter: toSessionFilter(fields) };
        const found = await reader.sessionNeighbours(context.var.principal.projectId, sessionId, list);
        if (found === null) throw notFound(`There is no session ${quote(sessionId)}.`);
        return context.json(found);
      },
    );
  }

  return api;
}
