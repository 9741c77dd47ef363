import type { SearchMatch } from '@powerrag/protocol';
import { matches, parseQuery, snippetsOf } from '../search/index.js';
import type { SessionList, SessionQuery, StoredSession, StoredTrace } from './contract.js';
import { readCursor, writeCursor } from './cursor.js';
import type { TraceDigest } from './digests.js';
import { compareText } from './order.js';
import { firstMatches, MAX_SNIPPETS, type SearchQuery, type SearchResults } from './search.js';

export interface DigestedTrace {
  readonly trace: StoredTrace;
  readonly digest: TraceDigest;
}

/** What a session takes from the digests of its traces. */
export function digestOfSession(traces: readonly DigestedTrace[]) {
  const byStart = traces.toSorted((a, b) => a.trace.startMs - b.trace.startMs || compareText(a.trace.id, b.trace.id));
  const byEnd = traces.toSorted((a, b) => b.trace.endMs - a.trace.endMs || compareText(b.trace.id, a.trace.id));
  const first = (all: readonly DigestedTrace[], line: 'title' | 'question' | 'answer') =>
    all.find(({ digest }) => digest[line] !== null)?.digest[line] ?? null;
  return {
    name: first(byEnd, 'title') ?? first(byStart, 'question'),
    lastAnswer: first(byEnd, 'answer'),
    turnCount: traces.reduce((sum, { digest }) => sum + digest.turnCount, 0),
  };
}

/** Searches by reading everything. */
export async function searchInMemory(
  list: (query: SessionQuery) => Promise<SessionList>,
  digestsOf: (sessionId: string) => readonly DigestedTrace[],
  query: SearchQuery,
): Promise<SearchResults> {
  const after = query.cursor === undefined ? null : readCursor(query.cursor);
  const results = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: SessionList = await list({ ...query.filter, limit: 100, ...(cursor !== undefined && { cursor }) });
    for (const session of page.sessions.filter((each) => after === null || isAfter(each, after))) {
      const found = matchesIn(digestsOf(session.id), query);
      if (found !== null) results.push({ session, matches: found });
    }
    cursor = page.nextCursor;
  }
  const last = results[query.limit - 1]?.session;
  const hasMore = results.length > query.limit && last !== undefined;
  return {
    results: results.slice(0, query.limit),
    nextCursor: hasMore ? writeCursor({ ms: last.lastActivityMs, id: last.id }) : null,
  };
}

function isAfter(session: StoredSession, { ms, id }: { readonly ms: number; readonly id: string }): boolean {
  return session.lastActivityMs < ms || (session.lastActivityMs === ms && compareText(session.id, id) < 0);
}

/** Null when none of the traces has what is asked for. */
function matchesIn(traces: readonly DigestedTrace[], { text, kinds }: SearchQuery): SearchMatch[] | null {
  const terms = parseQuery(text);
  const found = traces.flatMap(({ trace, digest }) => {
    const entries = digest.entries.filter(({ kind }) => kinds === undefined || kinds.includes(kind));
    if (!matches(terms, entries)) return [];
    return [snippetsOf(terms, entries, MAX_SNIPPETS).map((snippet) => ({ ...snippet, traceId: trace.id }))];
  });
  return found.length === 0 ? null : firstMatches(found.slice(0, MAX_SNIPPETS).flat());
}
