import type { Database } from './driver.js';

/** Numbers the transactions, so that a reader can ask for what changed after one that it knows. Used within a transaction. */
export class Revisions {
  readonly #next;
  readonly #touchTrace;
  readonly #touchSessionOf;
  readonly #touchSession;
  #current: number | null = null;

  constructor(database: Database) {
    this.#next = database.prepare('UPDATE revisions SET revision = revision + 1 RETURNING revision');
    this.#touchTrace = database.prepare('UPDATE traces SET revision = ? WHERE project_id = ? AND trace_id = ?');
    this.#touchSessionOf = database.prepare(
      `UPDATE sessions SET revision = ?
        WHERE session_key = (SELECT session_key FROM traces WHERE project_id = ? AND trace_id = ?)`,
    );
    this.#touchSession = database.prepare('UPDATE sessions SET revision = ? WHERE project_id = ? AND session_id = ?');
  }

  /** A transaction begins. */
  begin(): void {
    this.#current = null;
  }

  /** The revision of what this transaction changes. */
  current(): number {
    this.#current ??= (this.#next.get() as { revision: number }).revision;
    return this.#current;
  }

  /** Something that belongs to a trace, or to a session, changed. Those that are not stored are left out. */
  touch(
    projectId: string,
    of: readonly { readonly traceId: string | null; readonly sessionId: string | null }[],
  ): void {
    const revision = this.current();
    for (const traceId of new Set(of.map((each) => each.traceId))) {
      if (traceId === null) continue;
      this.#touchTrace.run(revision, projectId, traceId);
      this.#touchSessionOf.run(revision, projectId, traceId);
    }
    for (const sessionId of new Set(of.map((each) => each.sessionId))) {
      if (sessionId !== null) this.#touchSession.run(revision, projectId, sessionId);
    }
  }
}
