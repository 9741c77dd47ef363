import { timesOfSession } from '../summary.js';
import { addTotals, noTotals, sumTotals, type Totals } from '../totals.js';
import { type Database, placeholders, type SqlValue, type Statement } from './driver.js';
import { SessionTextRows } from './session-text-rows.js';
import type { TextRows } from './text-rows.js';
import { readTotals, TOTALS_COLUMNS, type TotalsRow, totalsValues } from './totals-columns.js';
import type { TraceShare } from './trace-state.js';
import { nextKeyOf } from './used-keys.js';

export interface SessionRow extends TotalsRow {
  readonly session_key: number;
  readonly session_id: string;
  readonly name: string | null;
  readonly last_answer: string | null;
  readonly turn_count: number;
  readonly trace_count: number;
  readonly start_ms: number;
  readonly last_ms: number;
  readonly revision: number;
  readonly duration_ms: number;
}

/** The columns that follow from the traces of a session, and its revision. */
const COUNTED = ['trace_count', 'start_ms', 'last_ms', 'revision', ...TOTALS_COLUMNS];

/** A session's row in memory, while a transaction adds to it. */
class SessionState {
  readonly key: number;
  readonly sessionId: string;
  /** The values of `COUNTED` as stored; null for a new session. */
  readonly stored: readonly number[] | null;
  traceCount = 0;
  startMs = Number.POSITIVE_INFINITY;
  lastMs = Number.NEGATIVE_INFINITY;
  revision = 0;
  totals: Totals = noTotals();
  /** The trace that starts first may have left, or start later: look for the first again. */
  isStartStale = false;
  /** The same of the trace that ends last. */
  isLastStale = false;
  /** A total came back from its bound: add up all traces again. */
  areTotalsStale = false;

  constructor(key: number, sessionId: string, row: SessionRow | undefined) {
    this.key = key;
    this.sessionId = sessionId;
    if (row !== undefined) {
      this.traceCount = row.trace_count;
      this.startMs = row.start_ms;
      this.lastMs = row.last_ms;
      this.revision = row.revision;
      this.totals = readTotals(row);
    }
    this.stored = row === undefined ? null : this.values();
  }

  values(): number[] {
    return [this.traceCount, this.startMs, this.lastMs, this.revision, ...totalsValues(this.totals)];
  }

  add({ startMs, endMs, totals }: TraceShare): void {
    this.traceCount += 1;
    this.startMs = Math.min(this.startMs, startMs);
    this.lastMs = Math.max(this.lastMs, endMs);
    if (!addTotals(this.totals, totals, 1)) this.areTotalsStale = true;
  }

  remove({ startMs, endMs, totals }: TraceShare): void {
    this.traceCount -= 1;
    if (startMs <= this.startMs) this.isStartStale = true;
    if (endMs >= this.lastMs) this.isLastStale = true;
    if (!addTotals(this.totals, totals, -1)) this.areTotalsStale = true;
  }

  /** The share of a trace that stays has changed. */
  replace(before: TraceShare, after: TraceShare): void {
    if (after.startMs > before.startMs && before.startMs <= this.startMs) this.isStartStale = true;
    if (after.endMs < before.endMs && before.endMs >= this.lastMs) this.isLastStale = true;
    this.startMs = Math.min(this.startMs, after.startMs);
    this.lastMs = Math.max(this.lastMs, after.endMs);
    const isExact = addTotals(this.totals, before.totals, -1) && addTotals(this.totals, after.totals, 1);
    if (!isExact) this.areTotalsStale = true;
  }
}

/**
 * The rows of sessions in one transaction: changes are collected and written by `flush`. A trace that comes, changes or leaves
 * costs what the trace costs, however many its session has.
 */
export class SessionRows {
  readonly #database: Database;
  readonly #now: () => number;
  readonly #texts: SessionTextRows;
  readonly #find;
  readonly #add;
  readonly #remove;
  readonly #firstStart;
  readonly #lastEnd;
  readonly #totalsOf;
  readonly #placeScores;
  readonly #placeSessionScores;
  readonly #unplaceScores;
  /** By the columns that they set: an index whose columns do not change is not touched. */
  readonly #updates = new Map<string, Statement>();
  #nextKey: number;
  #open = new Map<string, SessionState>();

  /** @param now Unix milliseconds. */
  constructor(database: Database, texts: TextRows, now: () => number) {
    this.#database = database;
    this.#now = now;
    this.#texts = new SessionTextRows(database, texts);
    this.#nextKey = nextKeyOf(database, 'sessions');
    this.#find = database.prepare('SELECT * FROM sessions WHERE project_id = ? AND session_id = ?');
    const columns = ['session_key', 'project_id', 'session_id', ...COUNTED];
    this.#add = database.prepare(`INSERT INTO sessions (${columns.join(', ')}) VALUES (${placeholders(columns)})`);
    this.#remove = database.prepare('DELETE FROM sessions WHERE session_key = ?');
    this.#firstStart = database.prepare('SELECT min(start_ms) AS ms FROM traces WHERE session_key = ?');
    this.#lastEnd = database.prepare(
      'SELECT max(end_ms) AS ms FROM traces INDEXED BY traces_by_end WHERE session_key = ?',
    );
    // Not added up in SQL, where a sum of more than 64 bits is an error.
    this.#totalsOf = database.prepare(`SELECT ${TOTALS_COLUMNS.join(', ')} FROM traces WHERE session_key = ?`);
    this.#placeScores = database.prepare(
      'UPDATE annotations SET session_key = ? WHERE project_id = ? AND trace_id = ?',
    );
    this.#placeSessionScores = database.prepare(
      'UPDATE annotations SET session_key = ? WHERE project_id = ? AND trace_id IS NULL AND session_id = ?',
    );
    this.#unplaceScores = database.prepare('UPDATE annotations SET session_key = NULL WHERE session_key = ?');
  }

  /** Discards collected changes: the transaction was rolled back. */
  begin(): void {
    this.#open = new Map();
    this.#texts.begin();
  }

  /**
   * Replaces what a trace contributed before by what it contributes now; null before it is stored.
   *
   * @returns the key of its session; null where it has none.
   */
  move(projectId: string, before: TraceShare | null, after: TraceShare): number | null {
    const from = before?.sessionId ?? null;
    const to = after.sessionId;
    if (before !== null && from !== null && from === to) {
      const session = this.#state(projectId, from);
      session.replace(before, after);
      this.#texts.replace(session.key, before.texts, after.texts);
      return session.key;
    }
    if (before !== null && from !== null) {
      const session = this.#state(projectId, from);
      session.remove(before);
      this.#texts.replace(session.key, before.texts, []);
    }
    const session = to === null ? null : this.#state(projectId, to);
    if (session !== null) {
      session.add(after);
      this.#texts.replace(session.key, [], after.texts);
    }
    const key = session?.key ?? null;
    if (from !== null || key !== null) this.#placeScores.run(key, projectId, after.traceId);
    return key;
  }

  /** Takes away what a trace contributed that is deleted. Its scores are the caller's. */
  remove(projectId: string, gone: TraceShare): void {
    if (gone.sessionId === null) return;
    const session = this.#state(projectId, gone.sessionId);
    session.remove(gone);
    this.#texts.replace(session.key, gone.texts, []);
  }

  /** Writes every session that changed. The rows of the traces must be written already. */
  flush(projectId: string, revision: number): void {
    this.#texts.flush(projectId);
    for (const session of this.#open.values()) {
      if (session.traceCount === 0) {
        this.#remove.run(session.key);
        this.#unplaceScores.run(session.key);
        continue;
      }
      this.#refresh(session);
      session.revision = revision;
      if (session.stored === null) {
        this.#add.run(session.key, projectId, session.sessionId, ...session.values());
        this.#placeSessionScores.run(session.key, projectId, session.sessionId);
      } else this.#update(session, session.stored);
    }
    this.#open = new Map();
  }

  #refresh(session: SessionState): void {
    const msOf = (statement: Statement) => (statement.get(session.key) as { ms: number }).ms;
    if (session.isStartStale) session.startMs = msOf(this.#firstStart);
    if (session.isLastStale) session.lastMs = msOf(this.#lastEnd);
    const { startMs, lastActivityMs } = timesOfSession(session.startMs, session.lastMs, this.#now());
    session.startMs = startMs;
    session.lastMs = lastActivityMs;
    if (!session.areTotalsStale) return;
    session.totals = sumTotals((this.#totalsOf.all(session.key) as TotalsRow[]).map(readTotals));
  }

  #update(session: SessionState, stored: readonly number[]): void {
    const values: SqlValue[] = [];
    const columns: string[] = [];
    for (const [index, value] of session.values().entries()) {
      if (value === stored[index]) continue;
      values.push(value);
      columns.push(`${COUNTED[index]} = ?`);
    }
    if (columns.length === 0) return;
    const sql = `UPDATE sessions SET ${columns.join(', ')} WHERE session_key = ?`;
    const statement = this.#updates.get(sql) ?? this.#database.prepare(sql);
    this.#updates.set(sql, statement);
    statement.run(...values, session.key);
  }

  #state(projectId: string, sessionId: string): SessionState {
    const open = this.#open.get(sessionId);
    if (open !== undefined) return open;
    const row = this.#find.get(projectId, sessionId) as SessionRow | undefined;
    const session = new SessionState(row?.session_key ?? this.#nextKey++, sessionId, row);
    this.#open.set(sessionId, session);
    return session;
  }
}
