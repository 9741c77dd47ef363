import type { SearchKind, SearchMatch, SearchResult } from '@powerrag/protocol';
import type { SessionQuery } from './contract.js';
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
  /** Only sessions of a list with these conditions. */
  readonly filter?: SearchFilter;
  /** Sessions on a page, 1 to 100. */
  readonly limit: number;
  /** `nextCursor` of the previous page. */
  readonly cursor?: string;
}

/** The conditions of a list of sessions, without its pages and order. */
export type SearchFilter = Omit<SessionQuery, 'limit' | 'cursor' | 'offset' | 'orderBy'>;

export interface SearchResults {
  readonly results: readonly SearchResult[];
  readonly nextCursor: string | null;
}

/** Matches of a session that are shown, of all that there are. */
export const MAX_SNIPPETS = 3;

/** Those that are shown, oldest first. */
export function firstMatches(matches: readonly SearchMatch[]): SearchMatch[] {
  return matches.toSorted((a, b) => a.atMs - b.atMs || compareText(a.traceId, b.traceId)).slice(0, MAX_SNIPPETS);
}
