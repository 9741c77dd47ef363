import type { SearchMatch, SearchResult } from '@powerrag/protocol';
import { matches, parseQuery, type SearchEntry, snippetsOf, type Term } from '../../search/index.js';
import type { StoredSession } from '../contract.js';
import { readCursor, type SessionCursor, writeCursor } from '../cursor.js';
import { firstMatches, LATEST_FIRST, MAX_SNIPPETS, type SearchQuery, type SearchResults } from '../search.js';
import { type Conditions, IN_PROJECT } from './conditions.js';
import type { Connection, Parameter } from './connection.js';
import { inChunks } from './lists.js';
import type { ClickhouseReader } from './reader.js';
import { patternOf } from './search-text.js';
import { type PageRow, pageOf, readPage } from './session-pages.js';
import { conditionsOf } from './session-queries.js';

/** Traces that have what is asked for, at most, to look up their sessions; of more, the list of sessions is looked through. */
const MAX_FOUND = 1_000;
/** Sessions that are looked into for one page, and of these at once. */
const MAX_LOOKS = 1_000;
const LOOKS_AT_ONCE = 200;

interface DigestRow {
  readonly session_id: string;
  readonly trace_id: string;
  readonly entries: string;
}

interface Look {
  readonly projectId: string;
  readonly query: SearchQuery;
  readonly terms: readonly Term[];
  /** On `trace_digests`. */
  readonly ofTraces: Conditions;
}

/**
 * Searches sessions by last activity. What few traces have is found by the index of their words, and then their sessions; of what
 * many have, the sessions are looked through in their order. Either way a page costs what it shows, and not what there is.
 */
export class ClickhouseSearcher {
  readonly #connection: Connection;
  readonly #reader: ClickhouseReader;

  constructor(connection: Connection, reader: ClickhouseReader) {
    this.#connection = connection;
    this.#reader = reader;
  }

  async search(projectId: string, query: SearchQuery): Promise<SearchResults> {
    const terms = parseQuery(query.text);
    if (terms.length === 0 || query.kinds?.length === 0) return { results: [], nextCursor: null };
    const look = { projectId, query, terms, ofTraces: havingTerms(terms) };
    const isRare = (await this.#countTraces(look)) <= MAX_FOUND;
    const results: SearchResult[] = [];
    const limit = query.limit + 1;
    let after = query.cursor === undefined ? null : readCursor(query.cursor, LATEST_FIRST);
    let hasMore = true;
    for (let looked = 0; hasMore && looked < MAX_LOOKS && results.length < limit; ) {
      const most = isRare ? limit : LOOKS_AT_ONCE;
      const rows = await this.#page(look, isRare, after, most);
      results.push(...(await this.#withMatches(look, rows)));
      looked += rows.length;
      hasMore = rows.length === most;
      after = placeOf(rows.at(-1)) ?? after;
    }
    const shown = results.slice(0, query.limit);
    const last = shown.at(-1)?.session;
    const isFull = results.length > query.limit && last !== undefined;
    const next = isFull ? { value: last.lastActivityMs, id: last.id } : hasMore ? after : null;
    return {
      results: await this.#numbered(projectId, shown),
      nextCursor: next === null ? null : writeCursor(LATEST_FIRST, next),
    };
  }

  async #countTraces({ projectId, ofTraces: { sql, parameters } }: Look): Promise<number> {
    const [row] = await this.#connection.query<{ total: string | number }>(
      `SELECT count() AS total FROM (SELECT 1 FROM trace_digests FINAL
        WHERE ${[IN_PROJECT, ...sql].join(' AND ')} LIMIT ${MAX_FOUND + 1})`,
      { project: projectId, ...parameters },
    );
    return Number(row?.total ?? 0);
  }

  #page(look: Look, isRare: boolean, after: SessionCursor | null, limit: number): Promise<PageRow[]> {
    const matching = conditionsOf(look.projectId, look.query.filter ?? {});
    const { sql, parameters } = matching;
    const page = { ...LATEST_FIRST, after, limit, offset: 0 };
    if (!isRare) return pageOf(this.#connection, matching, page);
    const found = `session_id IN (SELECT session_id FROM traces FINAL WHERE ${IN_PROJECT} AND is_alive = 1 AND trace_id IN (
      SELECT trace_id FROM trace_digests FINAL WHERE ${[IN_PROJECT, ...look.ofTraces.sql].join(' AND ')}))`;
    const all = { sql: [...sql, found], parameters: { ...parameters, ...look.ofTraces.parameters } };
    return readPage(this.#connection, all, page);
  }

  /** Of these sessions those that have what is asked for, in their order. */
  async #withMatches(look: Look, rows: readonly PageRow[]): Promise<SearchResult[]> {
    const sessions = rows.map(({ shown }) => JSON.parse(shown) as StoredSession);
    const found = new Map<string, DigestRow[]>();
    for (const ids of inChunks(sessions.map(({ id }) => id))) {
      for (const row of await this.#digests(look, ids)) {
        const before = found.get(row.session_id);
        if (before === undefined) found.set(row.session_id, [row]);
        else before.push(row);
      }
    }
    return sessions.flatMap((session) => {
      const matched = (found.get(session.id) ?? []).flatMap((row) => matchesIn(row, look) ?? []);
      return matched.length === 0 ? [] : { session, matches: firstMatches(matched.slice(0, MAX_SNIPPETS).flat()) };
    });
  }

  #digests({ projectId, query, ofTraces: { sql, parameters } }: Look, sessionIds: readonly string[]) {
    // Of more traces none would be shown. The index knows no kinds: then any of them may be the one.
    const few = query.kinds === undefined ? `LIMIT ${MAX_SNIPPETS} BY session_id` : '';
    return this.#connection.query<DigestRow>(
      `SELECT session_id, trace_id, entries FROM (SELECT trace_id, entries FROM trace_digests FINAL
          WHERE ${[IN_PROJECT, ...sql].join(' AND ')} AND trace_id IN (
            SELECT trace_id FROM session_traces FINAL
            WHERE ${IN_PROJECT} AND session_id IN {sessions:Array(String)} AND is_alive = 1)) AS found
        INNER JOIN (SELECT session_id, trace_id FROM session_traces FINAL
          WHERE ${IN_PROJECT} AND session_id IN {sessions:Array(String)} AND is_alive = 1) AS placed USING (trace_id)
        ORDER BY session_id, trace_id ${few}`,
      { project: projectId, sessions: sessionIds, ...parameters },
    );
  }

  async #numbered(projectId: string, results: readonly SearchResult[]): Promise<SearchResult[]> {
    const sessions = await this.#reader.numberedSessions(
      projectId,
      results.map(({ session }) => session),
    );
    return results.map((result, at) => ({ ...result, session: sessions[at] ?? result.session }));
  }
}

function havingTerms(terms: readonly Term[]): Conditions {
  const parameters: Record<string, Parameter> = {};
  const sql = terms.map((term, at) => {
    parameters[`term${at}`] = patternOf(term);
    return `words LIKE {term${at}:String}`;
  });
  return { sql, parameters };
}

/** Null for a trace that has it in texts of other kinds only. In an array of its own: a match for each snippet. */
function matchesIn({ trace_id: traceId, entries: text }: DigestRow, { terms, query }: Look): [SearchMatch[]] | null {
  const all = JSON.parse(text) as SearchEntry[];
  const entries = all.filter(({ kind }) => query.kinds === undefined || query.kinds.includes(kind));
  if (!matches(terms, entries)) return null;
  return [snippetsOf(terms, entries, MAX_SNIPPETS).map((snippet) => ({ ...snippet, traceId }))];
}

function placeOf(row: PageRow | undefined): SessionCursor | null {
  return row === undefined ? null : { value: row.value, id: (JSON.parse(row.shown) as StoredSession).id };
}
