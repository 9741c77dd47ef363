import type { TraceDigest } from '../digests.js';
import type { Contents } from './contents.js';
import type { Database, Statement } from './driver.js';
import { writeEntries } from './entries-blob.js';
import type { SearchIndex } from './search-index.js';
import { contentKeysOf, Sweepable } from './sweepable.js';

/** A trace as far as its digest needs it. */
export interface DigestedTrace {
  readonly key: number;
  readonly projectId: string;
  readonly id: string;
  /** Null for a trace that is in no session: it is not searched. */
  readonly sessionKey: number | null;
  readonly startMs: number;
  readonly endMs: number;
}

interface TraceDigestRow {
  session_key: number | null;
  search_key: number | null;
  turn_count: number;
  entries: Uint8Array;
  content_keys: string | null;
}

interface SessionDigestRow {
  turn_count: number;
  trace_count: number;
  next_search_key: number;
}

/** A session, while a transaction replaces digests of its traces. */
interface SessionChange {
  turnCount: number;
  traceCount: number;
  nextSearchKey: number;
}

/**
 * A row of the index has the key of its session in the bits above these: the rows of a session follow each other, so that
 * whether a session has a word is one look into the index, whatever the others have.
 */
export const ROWS_PER_SESSION = 2 ** 24;

/**
 * The digests of traces, and what follows from them for their sessions. A digest is replaced, and what it counted for is taken
 * back first, so that any order of writes ends in the same rows. Everything of a trace is found by its key. Writes happen within
 * the caller's transaction and end with `flush`.
 */
export class DigestRows {
  readonly #index: SearchIndex;
  readonly #contents: Contents;
  readonly #sweepable: Sweepable;
  readonly #sessions = new Map<number, SessionChange>();
  readonly #find;
  readonly #add;
  readonly #replace;
  readonly #remove;
  readonly #findSession;
  readonly #writeSession;
  readonly #newRevision;
  readonly #nameSession;
  readonly #removeSession;
  readonly #title;
  readonly #question;
  readonly #answer;

  constructor(database: Database, index: SearchIndex, contents: Contents) {
    this.#index = index;
    this.#contents = contents;
    this.#sweepable = new Sweepable(database);
    this.#find = database.prepare(
      'SELECT session_key, search_key, turn_count, entries, content_keys FROM trace_digests WHERE trace_key = ?',
    );
    const row = `trace_digests (trace_key, trace_id, session_key, search_key, start_ms, end_ms,
      title, question, answer, turn_count, entries, content_keys) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
    // The most are new, and replacing costs twice as much, also where there is nothing to replace.
    this.#add = database.prepare(`INSERT INTO ${row}`);
    this.#replace = database.prepare(`INSERT OR REPLACE INTO ${row}`);
    this.#remove = database.prepare('DELETE FROM trace_digests WHERE trace_key = ?');
    this.#findSession = database.prepare(
      'SELECT turn_count, trace_count, next_search_key FROM session_digests WHERE session_key = ?',
    );
    this.#writeSession = database.prepare(
      `INSERT OR REPLACE INTO session_digests (session_key, turn_count, trace_count, next_search_key)
      VALUES (?, ?, ?, ?)`,
    );
    this.#nameSession = database.prepare(
      `UPDATE sessions SET name = ?, last_answer = ?, turn_count = ?, revision = (SELECT revision FROM revisions)
      WHERE session_key = ? AND (name IS NOT ? OR last_answer IS NOT ? OR turn_count IS NOT ?)`,
    );
    this.#newRevision = database.prepare('UPDATE revisions SET revision = revision + 1');
    const one = (column: string, order: string) =>
      database.prepare(
        `SELECT ${column} AS line FROM trace_digests WHERE session_key = ? AND ${column} IS NOT NULL
        ORDER BY ${order} LIMIT 1`,
      );
    this.#title = one('title', 'end_ms DESC, trace_id DESC');
    this.#question = one('question', 'start_ms, trace_id');
    this.#answer = one('answer', 'end_ms DESC, trace_id DESC');
    this.#removeSession = database.prepare('DELETE FROM session_digests WHERE session_key = ?');
  }

  replace(trace: DigestedTrace, digest: TraceDigest): void {
    const before = this.#find.get(trace.key) as TraceDigestRow | undefined;
    const keyOf = (text: string) => this.#contents.find(trace.projectId, text);
    // What is in no session is not shown by search.
    const { bytes: entries, contentKeys } = writeEntries(
      digest.entries,
      trace.sessionKey === null ? () => null : keyOf,
    );
    const isMoved = before === undefined || before.session_key !== trace.sessionKey;
    const isSaid = isMoved || Buffer.compare(before.entries, entries) !== 0;
    if (before !== undefined) this.#count(before.session_key, -1, before.turn_count);
    this.#count(trace.sessionKey, 1, digest.turnCount);
    if (before?.search_key && isSaid) this.#index.remove(before.search_key);
    const searchKey = isMoved ? this.#nextSearchKey(trace.sessionKey) : before.search_key;
    if (searchKey !== null && isSaid) this.#index.add(searchKey, digest.entries);
    const write = before === undefined ? this.#add : this.#replace;
    write.run(
      ...[trace.key, trace.id, trace.sessionKey, searchKey, trace.startMs, trace.endMs],
      ...[digest.title, digest.question, digest.answer, digest.turnCount, entries],
      contentKeys.length === 0 ? null : JSON.stringify(contentKeys),
    );
    const kept = new Set(contentKeys);
    this.#sweepable.addContents(contentKeysOf(before?.content_keys ?? null).filter((key) => !kept.has(key)));
  }

  /** Removes everything that was derived from the trace. */
  remove(traceKey: number): void {
    const before = this.#find.get(traceKey) as TraceDigestRow | undefined;
    if (before === undefined) return;
    this.#count(before.session_key, -1, before.turn_count);
    if (before.search_key !== null) this.#index.remove(before.search_key);
    this.#sweepable.addContents(contentKeysOf(before.content_keys));
    this.#remove.run(traceKey);
  }

  /** Writes the sessions of the traces that were replaced or removed. Returns the keys of those that are shown otherwise now. */
  flush(): ReadonlySet<number> {
    const changed = new Set<number>();
    if (this.#sessions.size > 0) this.#newRevision.run();
    for (const [key, { turnCount, traceCount, nextSearchKey }] of this.#sessions) {
      if (traceCount === 0) this.#removeSession.run(key);
      else this.#writeSession.run(key, turnCount, traceCount, nextSearchKey);
      const shown = [this.#nameOf(key), lineOf(this.#answer, key), turnCount];
      if (this.#nameSession.run(...shown, key, ...shown).changes > 0) changed.add(key);
    }
    this.#sessions.clear();
    this.#index.flush();
    return changed;
  }

  /** A title that the application gave, the latest of several; else the first question. */
  #nameOf(sessionKey: number): string | null {
    return lineOf(this.#title, sessionKey) ?? lineOf(this.#question, sessionKey);
  }

  #count(sessionKey: number | null, traces: 1 | -1, turnCount: number): void {
    if (sessionKey === null) return;
    const session = this.#session(sessionKey);
    session.traceCount += traces;
    session.turnCount += traces * turnCount;
  }

  /** Null for a trace in no session, and in one that has had too many: these are not searched. */
  #nextSearchKey(sessionKey: number | null): number | null {
    if (sessionKey === null) return null;
    const session = this.#session(sessionKey);
    if (session.nextSearchKey === ROWS_PER_SESSION) return null;
    session.nextSearchKey += 1;
    return sessionKey * ROWS_PER_SESSION + session.nextSearchKey - 1;
  }

  #session(key: number): SessionChange {
    const open = this.#sessions.get(key);
    if (open !== undefined) return open;
    const row = this.#findSession.get(key) as SessionDigestRow | undefined;
    const session = {
      turnCount: row?.turn_count ?? 0,
      traceCount: row?.trace_count ?? 0,
      nextSearchKey: row?.next_search_key ?? 0,
    };
    this.#sessions.set(key, session);
    return session;
  }

  /** The transaction was rolled back. */
  forget(): void {
    this.#sessions.clear();
    this.#index.forget();
  }
}

function lineOf(statement: Statement, sessionKey: number): string | null {
  const row = statement.get(sessionKey) as { line: string } | undefined;
  return row?.line ?? null;
}
