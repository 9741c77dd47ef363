import type { SearchKind, SearchMatch, SearchResult, SessionFilter } from '@powerrag/protocol';
import { compareText } from './order.js';

/** Finds sessions by what was said in them. */
export interface SessionSearcher {
  /**
   * The sessions in which one trace has every term of `text` (see `parseQuery`), by last activity, latest first. Any text is a
   * query. What was written is found within seconds; `digested` waits for it.
   *
   * A page may hold fewer sessions than `limit`, or none, and still name a next one: the work for a page is limited.
   */
  searchSessions(projectId: string, query: SearchQuery): Promise<SearchResults>;
}

export interface SearchQuery {
  readonly text: string;
  /** Only in texts of these kinds. Default: all. */
  readonly kinds?: readonly SearchKind[];
  readonly filter?: SessionFilter;
  /** Sessions on a page, 1 to 100. */
  readonly limit: number;
  /** `nextCursor` of the previous page. */
  readonly cursor?: string;
}

export interface SearchResults {
  readonly results: readonly SearchResult[];
  readonly nextCursor: string | null;
}

/** The order of the results. */
export const LATEST_FIRST = { sort: 'lastActivity', order: 'desc' } as const;

/** Matches of a session that are shown, of all that there are. */
export const MAX_SNIPPETS = 3;

/** Those that are shown, oldest first. */
export function firstMatches(matches: readonly SearchMatch[]): SearchMatch[] {
  return matches.toSorted((a, b) => a.atMs - b.atMs || compareText(a.traceId, b.traceId)).slice(0, MAX_SNIPPETS);
}
