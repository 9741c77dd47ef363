import type { SearchResult } from '@powerrag/protocol';
import { parseQuery, snippetsOf, type Term } from '../../search/index.js';
import type { StoredSession } from '../contract.js';
import { readCursor, type SessionCursor, writeCursor } from '../cursor.js';
import { firstMatches, LATEST_FIRST, MAX_SNIPPETS, type SearchQuery, type SearchResults } from '../search.js';
import type { Contents } from './contents.js';
import { ROWS_PER_SESSION } from './digest-rows.js';
import type { Database } from './driver.js';
import { readEntries } from './entries-blob.js';
import { type KnownWords, type MatchExpression, matchExpression } from './match-expression.js';
import { SHORTEST_WORD } from './search-index.js';
import type { SessionLists } from './session-lists.js';
import type { SessionRow } from './session-rows.js';

/** Sessions that have what is asked for, at most, to look up all of them first; of more, the list of sessions is searched. */
const MAX_FOUND = 1_000;
/** Sessions of the list that are looked into for one page. */
const MAX_LOOKS = 1_000;
/** How many more sessions are looked into at once than are likely to fill a page. */
const SPARE_LOOKS = 1.5;
/** Sessions that are not looked for between two that are, from which on two looks into the index take less time than one. */
const LONG_GAP = 100;
/** Words that have a part, at most; those that begin with it are not counted. The first words seen are the common ones. */
const MAX_WORDS = 50;
/** Words that begin alike, at most, that are looked up one by one. FTS5 gathers all that begin so, wherever they are. */
const MAX_BEGINNINGS = 64;

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
  readonly #contents: Contents;
  readonly #lists: SessionLists;
  readonly #toSession: (row: SessionRow) => StoredSession;
  readonly #words: KnownWords;
  readonly #found;
  readonly #inSessions;
  readonly #entries;

  constructor(
    database: Database,
    contents: Contents,
    lists: SessionLists,
    toSession: (row: SessionRow) => StoredSession,
  ) {
    this.#contents = contents;
    this.#lists = lists;
    this.#toSession = toSession;
    this.#words = knownWords(database);
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
    const match = matchExpression(terms, query.kinds, this.#words);
    if (match === null) return { results: [], nextCursor: null };
    const found = (this.#found.all(match.text) as { session_key: number }[]).map((row) => row.session_key);
    const { sessions, keys, last, hasMore } =
      found.length > MAX_FOUND
        ? this.#lookThrough(projectId, query, match, densityOf(found))
        : this.#lookUp(projectId, query, match, found);
    return {
      results: sessions.map((row) => this.#toResult(row, keys.get(row.session_key) ?? [], terms, query)),
      nextCursor:
        hasMore && last !== undefined ? writeCursor(LATEST_FIRST, { value: last.last_ms, id: last.session_id }) : null,
    };
  }

  #lookUp(projectId: string, query: SearchQuery, match: MatchExpression, found: readonly number[]): Looked {
    const { filter, cursor, limit } = query;
    const rows = this.#lists.latest(projectId, filter, placeOf(cursor), found, limit + 1);
    const sessions = rows.slice(0, limit);
    return { sessions, keys: this.#keysIn(sessions, match), last: sessions.at(-1), hasMore: rows.length > limit };
  }

  /** @param density the share of sessions that have what is asked for. */
  #lookThrough(projectId: string, query: SearchQuery, match: MatchExpression, density: number): Looked {
    const { filter, cursor, limit } = query;
    const atOnce = Math.ceil((SPARE_LOOKS * limit) / density);
    const sessions: SessionRow[] = [];
    const keys = new Map<number, readonly number[]>();
    let [place, last, looked, hasMore] = [placeOf(cursor), undefined as SessionRow | undefined, 0, true];
    while (hasMore && sessions.length < limit && looked < MAX_LOOKS) {
      const some = Math.min(atOnce, MAX_LOOKS - looked);
      const rows = this.#lists.latest(projectId, filter, place, null, some + 1);
      hasMore = rows.length > some;
      const found = this.#keysIn(rows.slice(0, some), match);
      for (const [at, row] of rows.slice(0, some).entries()) {
        [last, place] = [row, { value: row.last_ms, id: row.session_id }];
        looked += 1;
        const ofSession = found.get(row.session_key);
        if (ofSession === undefined) continue;
        sessions.push(row);
        keys.set(row.session_key, ofSession);
        if (sessions.length < limit) continue;
        hasMore ||= at + 1 < rows.length;
        break;
      }
    }
    return { sessions, keys, last, hasMore };
  }

  /** Keys of the index, by session. */
  #keysIn(sessions: readonly SessionRow[], match: MatchExpression): Map<number, number[]> {
    const keys = sessions.map((row) => row.session_key).sort((a, b) => a - b);
    const found = new Map<number, number[]>();
    for (const near of match.isGathered ? [keys] : runsOf(keys)) {
      const [first = 0, last = 0] = [near[0], near.at(-1)];
      const rows = this.#inSessions.all(
        ...[match.text, first * ROWS_PER_SESSION, (last + 1) * ROWS_PER_SESSION - 1, JSON.stringify(near)],
      ) as { search_key: number }[];
      for (const { search_key: key } of rows) {
        const session = Math.floor(key / ROWS_PER_SESSION);
        const before = found.get(session);
        if (before === undefined) found.set(session, [key]);
        else before.push(key);
      }
    }
    return found;
  }

  #toResult(row: SessionRow, keys: readonly number[], terms: readonly Term[], { kinds }: SearchQuery): SearchResult {
    const matches = keys.slice(0, MAX_SNIPPETS).flatMap((key) => {
      const digest = this.#entries.get(key) as TraceDigestRow | undefined;
      if (digest === undefined) return [];
      const all = readEntries(digest.entries, (content) => this.#contents.textOf(content));
      const entries = all.filter(({ kind }) => kinds === undefined || kinds.includes(kind));
      return snippetsOf(terms, entries, MAX_SNIPPETS).map((each) => ({ ...each, traceId: digest.trace_id }));
    });
    return { session: this.#toSession(row), matches: firstMatches(matches) };
  }
}

function knownWords(database: Database): KnownWords {
  const findParts = database.prepare(
    `SELECT word FROM search_word_parts WHERE search_word_parts MATCH ? AND instr(word, ?) > 1
    ORDER BY rowid LIMIT ${MAX_WORDS}`,
  );
  const findBeginnings = database.prepare(
    `SELECT word FROM search_words WHERE word >= ? AND word < ? || char(0x10ffff) LIMIT ${MAX_BEGINNINGS + 1}`,
  );
  const wordsIn = (rows: unknown[]) => (rows as { word: string }[]).map(({ word }) => word);
  return {
    with: (part) => {
      const letters = [...part];
      const trigrams = letters.slice(2).map((_, n) => `"${letters.slice(n, n + 3).join('')}"`);
      return wordsIn(findParts.all(trigrams.join(' AND '), part));
    },
    from: (beginning) => {
      if (beginning.length < SHORTEST_WORD) return null;
      const words = wordsIn(findBeginnings.all(beginning, beginning));
      return words.length > MAX_BEGINNINGS ? null : words;
    },
  };
}

/** The share of sessions that have what is asked for, by their keys: ascending, and not all there are. */
function densityOf(keys: readonly number[]): number {
  return keys.length / ((keys.at(-1) ?? 0) - (keys[0] ?? 0) + 1);
}

/** Ascending keys in runs without a long gap. */
function runsOf(keys: readonly number[]): number[][] {
  const runs: number[][] = [];
  for (const key of keys) {
    const run = runs.at(-1);
    if (run !== undefined && key - (run.at(-1) ?? key) <= LONG_GAP) run.push(key);
    else runs.push([key]);
  }
  return runs;
}

function placeOf(cursor: string | undefined): SessionCursor | null {
  return cursor === undefined ? null : readCursor(cursor, LATEST_FIRST);
}

interface Looked {
  readonly sessions: readonly SessionRow[];
  /** Their keys of the index that match, by session. */
  readonly keys: ReadonlyMap<number, readonly number[]>;
  /** The last session that was looked at. */
  readonly last: SessionRow | undefined;
  readonly hasMore: boolean;
}
