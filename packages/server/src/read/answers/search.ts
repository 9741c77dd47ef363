import { type Page, SEARCH_KINDS, type SearchResult } from '@powerrag/protocol';
import * as v from 'valibot';
import { named, number, string } from '../../routes/schema.js';
import { sessionSummary } from './sessions.js';

const searchMatch = named(
  'SearchMatch',
  v.object({
    traceId: v.string(),
    observationId: v.string(),
    kind: v.picklist(SEARCH_KINDS),
    atMs: number('When it was said, Unix milliseconds.'),
    text: string('The text around what was found, 200 characters at most. Plain text: it may hold anything, HTML too.'),
    ranges: v.pipe(
      v.array(v.tuple([v.number(), v.number()])),
      v.description('The parts of `text` that were asked for: start and end in UTF-16 code units, the end excluded.'),
    ),
  }),
);

export const searchPage = v.object({
  data: v.array(
    named(
      'SearchResult',
      v.object({
        session: sessionSummary,
        matches: v.pipe(v.array(searchMatch), v.description('Three at most, oldest first.')),
      }),
    ),
  ),
  nextCursor: v.nullable(string('Pass it as `cursor` for the next page; null on the last.')),
}) satisfies v.GenericSchema<Page<SearchResult>>;
