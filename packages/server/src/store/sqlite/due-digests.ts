import { MAX_FIGURE } from '../figures.js';
import type { Database } from './driver.js';

/** Milliseconds without a write after which a trace is digested, and how long it waits for that, at most. */
const QUIET_MS = 1_000;
const LATEST_MS = 5_000;

/** The traces whose digest is due. Kept in the file, so that none is forgotten when the process dies. */
export class DueDigests {
  /** What was made of traces that are due: a trace that changes, or is gone, leaves it. */
  made: { delete(traceKey: number): unknown } | null = null;
  readonly #now: () => number;
  readonly #mark;
  readonly #find;
  readonly #next;
  readonly #forget;
  readonly #soonest;
  readonly #count;

  /** @param now Unix milliseconds. */
  constructor(database: Database, now: () => number) {
    this.#now = now;
    this.#mark = database.prepare(
      `INSERT INTO due_digests (trace_key, due_ms, latest_ms) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET
        due_ms = iif(due_ms = 0, excluded.due_ms, min(excluded.due_ms, latest_ms)),
        latest_ms = iif(due_ms = 0, excluded.latest_ms, latest_ms)`,
    );
    this.#find = database.prepare('SELECT trace_key AS key FROM traces WHERE project_id = ? AND trace_id = ?');
    this.#next = database.prepare(
      `SELECT trace_key AS key FROM due_digests WHERE due_ms BETWEEN ? AND ? ORDER BY due_ms LIMIT ?`,
    );
    this.#forget = database.prepare('DELETE FROM due_digests WHERE trace_key = ?');
    this.#soonest = database.prepare('SELECT min(due_ms) AS ms FROM due_digests');
    this.#count = database.prepare(
      `SELECT (SELECT count(*) FROM (SELECT 1 FROM due_digests LIMIT ${MAX_FIGURE})) AS count,
        (SELECT min(due_ms) FROM due_digests WHERE due_ms > 0) AS ms`,
    );
  }

  /** The trace has changed. Within the transaction that changes it. */
  mark(traceKey: number): void {
    const now = this.#now();
    this.made?.delete(traceKey);
    this.#mark.run(traceKey, now + QUIET_MS, now + LATEST_MS);
  }

  /** Something that belongs to the trace has come, which may not have come itself. */
  markById(projectId: string, traceId: string): void {
    const row = this.#find.get(projectId, traceId) as { key: number } | undefined;
    if (row !== undefined) this.mark(row.key);
  }

  /** Keys of traces whose digest is due now, or, with `early`, at any time. */
  next(limit: number, early = false): number[] {
    const now = this.#now();
    const between = (fromMs: number, toMs: number): number[] =>
      (this.#next.all(fromMs, toMs, limit) as { key: number }[]).map(({ key }) => key);
    const fresh = between(1, early ? Number.MAX_SAFE_INTEGER : now);
    if (fresh.length > 0) return fresh;
    // The clock was set back: what was marked before would wait until it has caught up.
    const stranded = between(now + LATEST_MS + 1, Number.MAX_SAFE_INTEGER);
    return stranded.length > 0 ? stranded : between(0, 0);
  }

  forget(traceKey: number): void {
    this.made?.delete(traceKey);
    this.#forget.run(traceKey);
  }

  /** How many are due, counted to `MAX_FIGURE`, and since how many milliseconds the first of them. */
  figures(): { readonly digestsDue: number; readonly digestLagMs: number } {
    const { count, ms } = this.#count.get() as { count: number; ms: number | null };
    return { digestsDue: count, digestLagMs: ms === null ? 0 : Math.max(0, this.#now() - ms) };
  }

  /** Milliseconds until the next is due; null when none is. */
  soonestInMs(): number | null {
    const { ms } = this.#soonest.get() as { ms: number | null };
    return ms === null ? null : Math.min(Math.max(0, ms - this.#now()), LATEST_MS);
  }
}
