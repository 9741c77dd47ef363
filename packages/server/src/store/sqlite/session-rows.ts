import { addTotals, noTotals, sumTotals, type Totals } from '../totals.js';
import { type Database, placeholders } from './driver.js';
import { readTotals, TOTALS_COLUMNS, type TotalsRow, totalsValues } from './totals-columns.js';
import type { TraceShare } from './trace-state.js';

type ValueKind = 'user' | 'tag' | 'environment';

export interface SessionRow extends TotalsRow {
  readonly session_key: number;
  readonly session_id: string;
  readonly trace_count: number;
  readonly start_ms: number;
  readonly last_ms: number;
  readonly revision: number;
}

/** The columns of a trace that count in its session. */
interface TraceInSession extends TotalsRow {
  readonly trace_id: string;
  readonly user_id: string | null;
  readonly environment: string | null;
  readonly tags: string;
  readonly start_ms: number;
  readonly end_ms: number;
}

const COLUMNS = [
  ...['session_key', 'project_id', 'session_id', 'trace_count', 'start_ms', 'last_ms', 'revision'],
  ...TOTALS_COLUMNS,
];

/** A session's row in memory, while a transaction adds to it. */
class SessionState {
  readonly key: number;
  readonly sessionId: string;
  traceCount = 0;
  startMs = Number.POSITIVE_INFINITY;
  lastMs = Number.NEGATIVE_INFINITY;
  totals: Totals = noTotals();
  /** Something was removed, or a total came back from its bound: recount it from the rows of its traces. */
  stale = false;

  constructor(key: number, sessionId: string) {
    this.key = key;
    this.sessionId = sessionId;
  }

  add(share: TraceShare): void {
    this.startMs = Math.min(this.startMs, share.startMs);
    this.lastMs = Math.max(this.lastMs, share.endMs);
    if (!addTotals(this.totals, share.totals, 1)) this.stale = true;
  }
}

/** The rows of sessions in one transaction: changes are collected and written by `flush`. */
export class SessionRows {
  readonly #find;
  readonly #write;
  readonly #remove;
  readonly #mark;
  readonly #forget;
  readonly #tracesOf;
  #nextKey: number;
  #open = new Map<string, SessionState>();

  constructor(database: Database) {
    const last = database.prepare('SELECT max(session_key) AS key FROM sessions').get() as { key: number | null };
    this.#nextKey = (last.key ?? 0) + 1;
    this.#find = database.prepare('SELECT * FROM sessions WHERE project_id = ? AND session_id = ?');
    this.#write = database.prepare(
      `INSERT OR REPLACE INTO sessions (${COLUMNS.join(', ')}) VALUES (${placeholders(COLUMNS)})`,
    );
    this.#remove = database.prepare('DELETE FROM sessions WHERE session_key = ?');
    this.#mark = database.prepare(
      `INSERT INTO session_values (session_key, kind, value, last_ms, last_trace_id) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET last_ms = excluded.last_ms, last_trace_id = excluded.last_trace_id
      WHERE (excluded.last_ms, excluded.last_trace_id) > (last_ms, last_trace_id)`,
    );
    this.#forget = database.prepare('DELETE FROM session_values WHERE session_key = ?');
    // Not added up in SQL, where a sum of more than 64 bits is an error.
    this.#tracesOf = database.prepare(
      `SELECT trace_id, user_id, environment, tags, start_ms, end_ms, ${TOTALS_COLUMNS.join(', ')}
      FROM traces WHERE session_key = ?`,
    );
  }

  /** Discards collected changes: the transaction was rolled back. */
  begin(): void {
    this.#open = new Map();
  }

  keyOf(projectId: string, sessionId: string): number {
    return this.#state(projectId, sessionId).key;
  }

  /** Replaces what a trace contributed before by what it contributes now. */
  move(projectId: string, before: TraceShare | null, after: TraceShare | null): void {
    if (before !== null && (after === null || after.sessionId !== before.sessionId)) {
      this.#state(projectId, before.sessionId).stale = true;
    }
    if (after === null) return;
    const session = this.#state(projectId, after.sessionId);
    if (before === null || before.sessionId !== after.sessionId) {
      session.traceCount += 1;
    } else if (isGrowth(before, after)) {
      if (!addTotals(session.totals, before.totals, -1)) session.stale = true;
    } else {
      session.stale = true;
      return;
    }
    session.add(after);
    if (after.userId !== null) this.#markValue(session, 'user', after.userId, after);
    if (after.environment !== null) this.#markValue(session, 'environment', after.environment, after);
    for (const tag of after.tags) this.#markValue(session, 'tag', tag, after);
  }

  /** Writes every session that changed. The rows of the traces must be written already. */
  flush(projectId: string, revision: number): void {
    for (const session of this.#open.values()) {
      if (session.stale) this.#recount(session);
      if (session.traceCount === 0) {
        this.#remove.run(session.key);
        continue;
      }
      this.#write.run(
        ...[session.key, projectId, session.sessionId, session.traceCount, session.startMs, session.lastMs, revision],
        ...totalsValues(session.totals),
      );
    }
    this.begin();
  }

  #state(projectId: string, sessionId: string): SessionState {
    const open = this.#open.get(sessionId);
    if (open !== undefined) return open;
    const row = this.#find.get(projectId, sessionId) as SessionRow | undefined;
    const session = new SessionState(row?.session_key ?? this.#nextKey++, sessionId);
    if (row !== undefined) {
      session.traceCount = row.trace_count;
      session.startMs = row.start_ms;
      session.lastMs = row.last_ms;
      session.totals = readTotals(row);
    }
    this.#open.set(sessionId, session);
    return session;
  }

  #markValue(session: SessionState, kind: ValueKind, value: string, by: Pick<TraceShare, 'endMs' | 'traceId'>): void {
    this.#mark.run(session.key, kind, value, by.endMs, by.traceId);
  }

  #recount(session: SessionState): void {
    this.#forget.run(session.key);
    const traces = this.#tracesOf.all(session.key) as TraceInSession[];
    session.traceCount = traces.length;
    session.startMs = Number.POSITIVE_INFINITY;
    session.lastMs = Number.NEGATIVE_INFINITY;
    session.totals = sumTotals(traces.map(readTotals));
    for (const trace of traces) {
      session.startMs = Math.min(session.startMs, trace.start_ms);
      session.lastMs = Math.max(session.lastMs, trace.end_ms);
      const by = { endMs: trace.end_ms, traceId: trace.trace_id };
      if (trace.user_id !== null) this.#markValue(session, 'user', trace.user_id, by);
      if (trace.environment !== null) this.#markValue(session, 'environment', trace.environment, by);
      for (const tag of JSON.parse(trace.tags) as string[]) this.#markValue(session, 'tag', tag, by);
    }
  }
}

/** Whether adding is enough to update the session: nothing that it shows was removed. */
function isGrowth(before: TraceShare, after: TraceShare): boolean {
  return (
    after.startMs <= before.startMs &&
    after.endMs >= before.endMs &&
    (before.userId === null || before.userId === after.userId) &&
    (before.environment === null || before.environment === after.environment)
  );
}
