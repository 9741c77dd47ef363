import type { Database } from './driver.js';
import { inTransaction } from './transaction.js';

/**
 * Brings the times of sessions that lie in the future back, so that these do not stand before all others: rows of older files, and
 * what was stored while the clock of this machine was ahead. When such a session was last stored is not known; it gets the last
 * activity of what was stored before it, else of the oldest other session, else now. Traces keep their times.
 *
 * @param nowMs Unix milliseconds.
 */
export function healTimes(database: Database, nowMs: number): void {
  // Two dozen bytes of an index for each session: the usual start ends here.
  const future = database.prepare('SELECT 1 FROM sessions WHERE last_ms > ? LIMIT 1');
  if (future.get(nowMs) === undefined) return;
  const heal = database.prepare(
    `UPDATE sessions SET last_ms = seen.ms, start_ms = min(start_ms, seen.ms)
    FROM (
      SELECT session_key, coalesce(
        max(iif(last_ms > ?, NULL, last_ms)) OVER (ORDER BY revision),
        (SELECT min(last_ms) FROM sessions WHERE last_ms <= ?),
        CAST(? AS REAL)
      ) AS ms FROM sessions
    ) AS seen
    WHERE seen.session_key = sessions.session_key AND sessions.last_ms > ?`,
  );
  inTransaction(database, () => void heal.run(nowMs, nowMs, nowMs, nowMs));
}
