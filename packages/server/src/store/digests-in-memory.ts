import type { SearchMatch } from '@powerrag/protocol';
import { defined } from '../base/defined.js';
import { matches, parseQuery, snippetsOf } from '../search/index.js';
import type { SessionList, SessionQuery, StoredSession, StoredTrace } from './contract.js';
import { readCursor, type SessionCursor, writeCursor } from './cursor.js';
import { EMPTY_DIGEST, type TraceDigest } from './digests.js';
import { compareText } from './order.js';
import { firstMatches, LATEST_FIRST, MAX_SNIPPETS, type SearchQuery, type SearchResults } from './search.js';

export interface DigestedTrace {
  readonly shown: StoredTrace;
  readonly digest?: TraceDigest;
}

/** What a session takes from the digests of its traces. */
export function digestOfSession(traces: readonly DigestedTrace[]) {
  const byStart = traces.toSorted((a, b) => a.shown.startMs - b.shown.startMs || compareText(a.shown.id, b.shown.id));
  const byEnd = traces.toSorted((a, b) => b.shown.endMs - a.shown.endMs || compareText(b.shown.id, a.shown.id));
  const first = (all: readonly DigestedTrace[], line: 'title' | 'question' | 'answer') =>
    all.flatMap(({ digest }) => digest?.[line] ?? [])[0] ?? null;
  return {
    name: first(byEnd, 'title') ?? first(byStart, 'question'),
    lastAnswer: first(byEnd, 'answer'),
    turnCount: traces.reduce((sum, { digest }) => sum + (digest?.turnCount ?? 0), 0),
  };
}

/** Searches by reading everything. */
export function searchInMemory(
  list: (query: SessionQuery) => SessionList,
  tracesIn: (sessionId: string) => readonly DigestedTrace[],
  query: SearchQuery,
): SearchResults {
  const after = query.cursor === undefined ? null : readCursor(query.cursor, LATEST_FIRST);
  const results = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: SessionList = list({
      ...defined({ filter: query.filter }),
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    });
    for (const session of page.sessions.filter((each) => after === null || isAfter(each, after))) {
      const found = matchesIn(tracesIn(session.id), query);
      if (found !== null) results.push({ session, matches: found });
    }
    cursor = page.nextCursor;
  }
  const last = results[query.limit - 1]?.session;
  const hasMore = results.length > query.limit && last !== undefined;
  return {
    results: results.slice(0, query.limit),
    nextCursor: hasMore ? writeCursor(LATEST_FIRST, { value: last.lastActivityMs, id: last.id }) : null,
  };
}

function isAfter(session: StoredSession, { value, id }: SessionCursor): boolean {
  return session.lastActivityMs < value || (session.lastActivityMs === value && compareText(session.id, id) < 0);
}

/** Null when none of the traces has what is asked for. */
function matchesIn(traces: readonly DigestedTrace[], { text, kinds }: SearchQuery): SearchMatch[] | null {
  const terms = parseQuery(text);
  const found = traces.flatMap(({ shown, digest = EMPTY_DIGEST }) => {
    const entries = digest.entries.filter(({ kind }) => kinds === undefined || kinds.includes(kind));
    if (!matches(terms, entries)) return [];
    return [snippetsOf(terms, entries, MAX_SNIPPETS).map((snippet) => ({ ...snippet, traceId: shown.id }))];
  });
  return found.length === 0 ? null : firstMatches(found.slice(0, MAX_SNIPPETS).flat());
}
