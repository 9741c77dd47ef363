import type { SearchResult } from '@powerrag/protocol';
import { parseQuery, snippetsOf, type Term } from '../../search/index.js';
import type { StoredSession } from '../contract.js';
import { readCursor, type SessionCursor, writeCursor } from '../cursor.js';
import { firstMatches, LATEST_FIRST, MAX_SNIPPETS, type SearchQuery, type SearchResults } from '../search.js';
import { ROWS_PER_SESSION } from './digest-rows.js';
import type { Database } from './driver.js';
import { readEntries } from './entries-blob.js';
import { matchExpression } from './match-expression.js';
import type { SessionLists } from './session-lists.js';
import type { SessionRow } from './session-rows.js';

/** Sessions that have what is asked for, at most, to look up all of them first; of more, the list of sessions is searched. */
const MAX_FOUND = 1_000;
/** Sessions of the list that are looked into for one page, and of these at once. */
const MAX_LOOKS = 1_000;
const LOOKS_AT_ONCE = 200;
/** Words that have a part, at most; those that begin with it are not counted. The first words seen are the common ones. */
const MAX_WORDS = 50;

interface TraceDigestRow {
  readonly trace_id: string;
  readonly entries: Uint8Array;
}

/**
 * Searches sessions by last activity. What few sessions have is looked up in the index, and then the sessions; of what many
 * have, the sessions are looked through in their order, and the index says of each whether it has it. Either way a page costs
 * what it shows, and not what there is.
 */
export class SqliteSearcher {
  readonly #lists: SessionLists;
  readonly #toSession: (row: SessionRow) => StoredSession;
  readonly #findWords;
  readonly #found;
  readonly #inSessions;
  readonly #entries;

  constructor(database: Database, lists: SessionLists, toSession: (row: SessionRow) => StoredSession) {
    this.#lists = lists;
    this.#toSession = toSession;
    this.#findWords = database.prepare(
      `SELECT word FROM search_word_parts WHERE search_word_parts MATCH ? AND instr(word, ?) > 1
      ORDER BY rowid LIMIT ${MAX_WORDS}`,
    );
    this.#found = database.prepare(
      `SELECT DISTINCT rowid / ${ROWS_PER_SESSION} AS session_key FROM search WHERE search MATCH ? LIMIT ${MAX_FOUND + 1}`,
    );
    this.#inSessions = database.prepare(
      `SELECT rowid AS search_key FROM search
      WHERE search MATCH ? AND rowid BETWEEN CAST(? AS INTEGER) AND CAST(? AS INTEGER)
        AND rowid / ${ROWS_PER_SESSION} IN (SELECT value FROM json_each(?))`,
    );
    this.#entries = database.prepare('SELECT trace_id, entries FROM trace_digests WHERE search_key = ?');
  }

  search(projectId: string, query: SearchQuery): SearchResults {
    const terms = parseQuery(query.text);
    const match = matchExpression(terms, query.kinds, (part) => this.#wordsWith(part));
    if (match === null) return { results: [], nextCursor: null };
    const found = (this.#found.all(match) as { session_key: number }[]).map((row) => row.session_key);
    const { sessions, last, hasMore } =
      found.length > MAX_FOUND ? this.#lookThrough(projectId, query, match) : this.#lookUp(projectId, query, found);
    return {
      results: this.#withMatches(sessions, match, terms, query),
      nextCursor:
        hasMore && last !== undefined ? writeCursor(LATEST_FIRST, { value: last.last_ms, id: last.session_id }) : null,
    };
  }

  #wordsWith(part: string): string[] {
    const letters = [...part];
    const trigrams = letters.slice(2).map((_, n) => `"${letters.slice(n, n + 3).join('')}"`);
    const rows = this.#findWords.all(trigrams.join(' AND '), part) as { word: string }[];
    return rows.map(({ word }) => word);
  }

  #lookUp(projectId: string, { filter, cursor, limit }: SearchQuery, keys: readonly number[]): Looked {
    const rows = this.#lists.latest(projectId, filter, placeOf(cursor), keys, limit + 1);
    const sessions = rows.slice(0, limit);
    return { sessions, last: sessions.at(-1), hasMore: rows.length > limit };
  }

  #lookThrough(projectId: string, { filter, cursor, limit }: SearchQuery, match: string): Looked {
    const rows = this.#lists.latest(projectId, filter, placeOf(cursor), null, MAX_LOOKS);
    const sessions: SessionRow[] = [];
    let looked = 0;
    for (let from = 0; from < rows.length && sessions.length < limit; from += LOOKS_AT_ONCE) {
      const some = rows.slice(from, from + LOOKS_AT_ONCE);
      const found = this.#keysIn(some, match);
      for (const row of some) {
        if (sessions.length === limit) break;
        looked += 1;
        if (found.has(row.session_key)) sessions.push(row);
      }
    }
    return { sessions, last: rows[looked - 1], hasMore: looked < rows.length || rows.length === MAX_LOOKS };
  }

  /** Keys of the index, by session: of many sessions at once, since each look into the index gathers what it finds anew. */
  #keysIn(sessions: readonly SessionRow[], match: string): Map<number, number[]> {
    const keys = sessions.map((row) => row.session_key);
    const found = new Map<number, number[]>();
    if (keys.length === 0) return found;
    const first = Math.min(...keys) * ROWS_PER_SESSION;
    const last = (Math.max(...keys) + 1) * ROWS_PER_SESSION - 1;
    const rows = this.#inSessions.all(match, first, last, JSON.stringify(keys)) as { search_key: number }[];
    for (const { search_key: key } of rows) {
      const session = Math.floor(key / ROWS_PER_SESSION);
      const before = found.get(session);
      if (before === undefined) found.set(session, [key]);
      else before.push(key);
    }
    return found;
  }

  #withMatches(
    sessions: readonly SessionRow[],
    match: string,
    terms: readonly Term[],
    { kinds }: SearchQuery,
  ): SearchResult[] {
    const found = this.#keysIn(sessions, match);
    return sessions.map((row) => {
      const matches = (found.get(row.session_key) ?? []).slice(0, MAX_SNIPPETS).flatMap((key) => {
        const digest = this.#entries.get(key) as TraceDigestRow | undefined;
        if (digest === undefined) return [];
        const entries = readEntries(digest.entries).filter(({ kind }) => kinds === undefined || kinds.includes(kind));
        return snippetsOf(terms, entries, MAX_SNIPPETS).map((each) => ({ ...each, traceId: digest.trace_id }));
      });
      return { session: this.#toSession(row), matches: firstMatches(matches) };
    });
  }
}

function placeOf(cursor: string | undefined): SessionCursor | null {
  return cursor === undefined ? null : readCursor(cursor, LATEST_FIRST);
}

interface Looked {
  readonly sessions: readonly SessionRow[];
  /** The last session that was looked at. */
  readonly last: SessionRow | undefined;
  readonly hasMore: boolean;
}
