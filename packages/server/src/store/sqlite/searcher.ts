import type { SearchMatch } from '@powerrag/protocol';
import { parseQuery, snippetsOf, type Term } from '../../search/index.js';
import type { SessionQuery, StoredSession } from '../contract.js';
import { readCursor, writeCursor } from '../cursor.js';
import { firstMatches, MAX_SNIPPETS, type SearchQuery, type SearchResults } from '../search.js';
import { and, sessionConditions } from './conditions.js';
import { ROWS_PER_SESSION } from './digest-rows.js';
import type { Database, SqlValue } from './driver.js';
import { readEntries } from './entries-blob.js';
import { matchExpression } from './match-expression.js';
import type { SessionRow } from './session-rows.js';

/** Sessions that have what is asked for, at most, to look up all of them first; of more, the list of sessions is searched. */
const MAX_FOUND = 1_000;
/** Sessions of the list that are looked into for one page. */
const MAX_LOOKS = 1_000;
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
  readonly #database: Database;
  readonly #toSession: (row: SessionRow) => StoredSession;
  readonly #findWords;
  readonly #found;
  readonly #inSession;
  readonly #entries;

  constructor(database: Database, toSession: (row: SessionRow) => StoredSession) {
    this.#database = database;
    this.#toSession = toSession;
    this.#findWords = database.prepare(
      `SELECT word FROM search_word_parts WHERE search_word_parts MATCH ? AND instr(word, ?) > 1
      ORDER BY rowid LIMIT ${MAX_WORDS}`,
    );
    this.#found = database.prepare(
      `SELECT DISTINCT rowid / ${ROWS_PER_SESSION} AS session_key FROM search WHERE search MATCH ? LIMIT ${MAX_FOUND + 1}`,
    );
    this.#inSession = database.prepare(
      `SELECT rowid AS search_key FROM search
      WHERE search MATCH ? AND rowid BETWEEN CAST(? AS INTEGER) AND CAST(? AS INTEGER) LIMIT ?`,
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
      results: sessions.map((row) => ({
        session: this.#toSession(row),
        matches: this.#matchesIn(row.session_key, match, terms, query),
      })),
      nextCursor: hasMore && last !== undefined ? writeCursor({ ms: last.last_ms, id: last.session_id }) : null,
    };
  }

  #wordsWith(part: string): string[] {
    const letters = [...part];
    const trigrams = letters.slice(2).map((_, n) => `"${letters.slice(n, n + 3).join('')}"`);
    const rows = this.#findWords.all(trigrams.join(' AND '), part) as { word: string }[];
    return rows.map(({ word }) => word);
  }

  #lookUp(projectId: string, query: SearchQuery, keys: readonly number[]): Looked {
    const list = this.#list(query, `AND session_key IN (SELECT value FROM json_each(?))`);
    const rows = list(projectId, [JSON.stringify(keys)], query.limit + 1);
    const sessions = rows.slice(0, query.limit);
    return { sessions, last: sessions.at(-1), hasMore: rows.length > query.limit };
  }

  #lookThrough(projectId: string, query: SearchQuery, match: string): Looked {
    const rows = this.#list(query, '')(projectId, [], MAX_LOOKS);
    const sessions: SessionRow[] = [];
    let looked = 0;
    for (const row of rows) {
      if (sessions.length === query.limit) break;
      looked += 1;
      if (this.#keysIn(row.session_key, match, 1).length > 0) sessions.push(row);
    }
    return { sessions, last: rows[looked - 1], hasMore: looked < rows.length || rows.length === MAX_LOOKS };
  }

  /** The sessions of the filter after the cursor, by last activity. */
  #list({ filter = {}, cursor }: SearchQuery, condition: string) {
    const filtered: SessionQuery = { ...filter, limit: 1 };
    const conditions = sessionConditions(filtered);
    if (cursor !== undefined) {
      const { ms, id } = readCursor(cursor);
      conditions.push({ sql: '(last_ms, session_id) < (?, ?)', values: [ms, id] });
    }
    const statement = this.#database.prepare(
      `SELECT * FROM sessions WHERE project_id = ?${and(conditions)} ${condition}
      ORDER BY last_ms DESC, session_id DESC LIMIT ?`,
    );
    const values = conditions.flatMap((each) => each.values);
    return (projectId: string, others: readonly SqlValue[], limit: number) =>
      statement.all(projectId, ...values, ...others, limit) as SessionRow[];
  }

  #keysIn(sessionKey: number, match: string, limit: number): number[] {
    const first = sessionKey * ROWS_PER_SESSION;
    const rows = this.#inSession.all(match, first, first + ROWS_PER_SESSION - 1, limit);
    return (rows as { search_key: number }[]).map((row) => row.search_key);
  }

  #matchesIn(sessionKey: number, match: string, terms: readonly Term[], { kinds }: SearchQuery): SearchMatch[] {
    const matches = this.#keysIn(sessionKey, match, MAX_SNIPPETS).flatMap((key) => {
      const row = this.#entries.get(key) as TraceDigestRow | undefined;
      if (row === undefined) return [];
      const entries = readEntries(row.entries).filter(({ kind }) => kinds === undefined || kinds.includes(kind));
      return snippetsOf(terms, entries, MAX_SNIPPETS).map((snippet) => ({ ...snippet, traceId: row.trace_id }));
    });
    return firstMatches(matches);
  }
}

interface Looked {
  readonly sessions: readonly SessionRow[];
  /** The last session that was looked at. */
  readonly last: SessionRow | undefined;
  readonly hasMore: boolean;
}
