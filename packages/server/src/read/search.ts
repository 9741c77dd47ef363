import { type Page, SEARCH_KINDS, type SearchResult } from '@powerrag/protocol';
import { Hono } from 'hono';
import { defined } from '../base/defined.js';
import { badRequest } from '../base/http-errors.js';
import { operation } from '../routes/operation.js';
import { requireRight, type ServerEnv } from '../routes/principal.js';
import { integer, query, someOf, text } from '../routes/query.js';
import { SESSION_FILTER_FIELDS, toSessionFilter } from '../routes/session-fields.js';
import { MAX_TERMS, parseQuery } from '../search/index.js';
import type { SessionSearcher } from '../store/search.js';
import { searchPage } from './answers/search.js';

/** Characters of a query, at most. */
const LONGEST_QUERY = 1_000;

/** Search over what was said. */
export function createSearchApi(searcher: SessionSearcher): Hono<ServerEnv> {
  const api = new Hono<ServerEnv>();
  api.get(
    '/search',
    operation({
      summary: 'Find sessions by what was said in them, latest activity first',
      description:
        'A session is found when one of its traces has every word, in its questions and answers, the names of its tools and other observations, or its errors. Of three letters up, any part of a word is enough; words in quotes are found as they are, one after the other. Case and accents make no difference. New words are found within seconds. A page may be short and still name a next one.',
      tag: 'page',
      answer: searchPage,
    }),
    requireRight('read'),
    query({
      q: text(`What to look for: any text of at most ${LONGEST_QUERY} characters and ${MAX_TERMS} words.`),
      kind: someOf(SEARCH_KINDS, 'Where to look. Default: everywhere.'),
      limit: integer('Sessions on a page.', { min: 1, max: 100, otherwise: 20 }),
      cursor: text('`nextCursor` of the page before.'),
      ...SESSION_FILTER_FIELDS,
    }),
    async (context) => {
      const { q = '', kind, limit, cursor, ...fields } = context.req.valid('query');
      if (q.length > LONGEST_QUERY) throw badRequest(`q takes at most ${LONGEST_QUERY} characters, got ${q.length}.`);
      const { length: terms } = parseQuery(q);
      if (terms > MAX_TERMS) throw badRequest(`q takes at most ${MAX_TERMS} words, got ${terms}; leave some out.`);
      const { results, nextCursor } = await searcher.searchSessions(context.var.principal.projectId, {
        ...{ text: q, limit, filter: toSessionFilter(fields) },
        ...defined({ cursor, kinds: kind.size === SEARCH_KINDS.length ? undefined : [...kind] }),
      });
      return context.json({ data: results, nextCursor } satisfies Page<SearchResult>);
    },
  );
  return api;
}
