import type { FindableText } from '../findable-texts.js';
import type { Database } from './driver.js';
import { DATED_KINDS, difference, idOf, KINDS, type TextRows } from './text-rows.js';
import type { TraceShare } from './trace-state.js';

/** A text of a session while a transaction counts its traces. */
interface OpenText {
  readonly text: FindableText;
  /** How many traces more have it. */
  change: number;
  /** The latest of the traces that now have it; null where none was added. */
  last: Moment | null;
  /** The trace that had it last may have it no more, or end earlier: look for the last again. */
  isLastStale: boolean;
}

interface Moment {
  readonly ms: number;
  readonly traceId: string;
}

/**
 * The texts of sessions: how many traces of a session have each, and of users and environments which trace had it last. So a
 * trace that leaves costs what the trace costs.
 */
export class SessionTextRows {
  readonly #texts: TextRows;
  readonly #add;
  readonly #date;
  readonly #dated;
  readonly #delete;
  readonly #lastOf;
  #open = new Map<number, Map<string, OpenText>>();

  constructor(database: Database, texts: TextRows) {
    this.#texts = texts;
    this.#add = database.prepare(
      `INSERT INTO session_texts (session_key, kind, text_key, trace_count, last_ms, last_trace_id)
        VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET trace_count = trace_count + excluded.trace_count
      RETURNING trace_count`,
    );
    const place = 'session_key = ? AND kind = ? AND text_key = ?';
    this.#dated = database.prepare(`SELECT last_ms, last_trace_id FROM session_texts WHERE ${place}`);
    this.#date = database.prepare(`UPDATE session_texts SET last_ms = ?, last_trace_id = ? WHERE ${place}`);
    this.#delete = database.prepare(`DELETE FROM session_texts WHERE ${place}`);
    // Answered by the index alone, and near its end: what was last is close to what is last now.
    const last = (column: string) =>
      database.prepare(
        `SELECT end_ms AS ms, trace_id AS traceId FROM traces INDEXED BY traces_by_end
        WHERE session_key = ? AND ${column} = ? ORDER BY end_ms DESC, trace_id DESC LIMIT 1`,
      );
    this.#lastOf = { userId: last('user_id'), environment: last('environment') };
  }

  /** Discards what was collected. */
  begin(): void {
    this.#open = new Map();
  }

  /** A trace stays in the session. */
  replace(sessionKey: number, before: TraceShare, after: TraceShare): void {
    const [gone, added] = difference(before.texts, after.texts);
    for (const text of gone) this.#lose(sessionKey, text);
    for (const text of added) this.#gain(sessionKey, text, after);
    if (before.endMs === after.endMs) return;
    for (const text of after.texts) {
      if (!DATED_KINDS.has(text.kind)) continue;
      const open = this.#openText(sessionKey, text);
      if (after.endMs < before.endMs) open.isLastStale = true;
      else this.#see(open, after);
    }
  }

  add(sessionKey: number, share: TraceShare): void {
    for (const text of share.texts) this.#gain(sessionKey, text, share);
  }

  remove(sessionKey: number, share: TraceShare): void {
    for (const text of share.texts) this.#lose(sessionKey, text);
  }

  /** Writes what changed. The rows of the traces must be written already. */
  flush(projectId: string): void {
    for (const [sessionKey, texts] of this.#open) {
      for (const open of texts.values()) this.#flushText(projectId, sessionKey, open);
    }
    this.begin();
  }

  #flushText(projectId: string, sessionKey: number, { text, change, last, isLastStale }: OpenText): void {
    const place = [sessionKey, KINDS[text.kind], this.#texts.keyOf(projectId, text)] as const;
    if (change !== 0) {
      const values = [...place, change, last?.ms ?? null, last?.traceId ?? null];
      const row = this.#add.get(...values) as { trace_count: number };
      if (row.trace_count === 0) {
        this.#delete.run(...place);
        this.#texts.countSession(projectId, text, -1);
        return;
      }
      if (row.trace_count === change) {
        this.#texts.countSession(projectId, text, 1);
        return;
      }
    }
    if (isLastStale && (text.kind === 'userId' || text.kind === 'environment')) {
      const found = this.#lastOf[text.kind].get(sessionKey, text.value) as Moment | undefined;
      this.#date.run(found?.ms ?? null, found?.traceId ?? null, ...place);
    } else if (last !== null && DATED_KINDS.has(text.kind)) {
      const row = this.#dated.get(...place) as { last_ms: number; last_trace_id: string } | undefined;
      const isLater = row === undefined || isAfter(last, { ms: row.last_ms, traceId: row.last_trace_id });
      if (isLater) this.#date.run(last.ms, last.traceId, ...place);
    }
  }

  #gain(sessionKey: number, text: FindableText, share: TraceShare): void {
    const open = this.#openText(sessionKey, text);
    open.change += 1;
    if (DATED_KINDS.has(text.kind)) this.#see(open, share);
  }

  #lose(sessionKey: number, text: FindableText): void {
    const open = this.#openText(sessionKey, text);
    open.change -= 1;
    open.isLastStale = true;
  }

  #see(open: OpenText, { endMs, traceId }: TraceShare): void {
    const moment = { ms: endMs, traceId };
    if (open.last === null || isAfter(moment, open.last)) open.last = moment;
  }

  #openText(sessionKey: number, text: FindableText): OpenText {
    const ofSession = this.#open.get(sessionKey) ?? new Map<string, OpenText>();
    this.#open.set(sessionKey, ofSession);
    const id = idOf(text);
    const open = ofSession.get(id) ?? { text, change: 0, last: null, isLastStale: false };
    ofSession.set(id, open);
    return open;
  }
}

function isAfter(a: Moment, b: Moment): boolean {
  return a.ms === b.ms ? a.traceId > b.traceId : a.ms > b.ms;
}
