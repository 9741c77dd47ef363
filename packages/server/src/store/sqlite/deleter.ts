import type { Deletion } from '../retention.js';
import type { DigestRows } from './digest-rows.js';
import type { Database } from './driver.js';
import type { DueDigests } from './due-digests.js';
import type { Revisions } from './revisions.js';
import { SessionRows } from './session-rows.js';
import type { Sweepable } from './sweepable.js';
import { KINDS, TextRows } from './text-rows.js';
import type { TombstoneRows } from './tombstone-rows.js';
import type { TraceRows } from './trace-rows.js';
import { inTransaction } from './transaction.js';

export interface DeleterDeps {
  /** For the thread that writes. */
  readonly database: Database;
  readonly traces: TraceRows;
  readonly digests: DigestRows;
  readonly due: DueDigests;
  readonly revisions: Revisions;
  readonly tombstones: TombstoneRows;
  readonly sweepable: Sweepable;
  /** Milliseconds of a clock that only goes forward. */
  readonly clock: () => number;
}

/** Traces of one transaction, at most. */
const AT_ONCE = 100;

interface DeletionRow {
  readonly deletion_key: number;
  readonly project_id: string;
  readonly kind: Deletion['kind'];
  readonly value: string;
  readonly last_key: number;
}

interface AnnotationIdRow {
  readonly kind: 'score' | 'comment';
  readonly annotation_id: string;
}

/** How the traces of a deletion are found, with the values to bind: the project, and what the deletion names. */
const FOUND: Readonly<Record<Deletion['kind'], { sql: string; values(projectId: string, value: string): string[] }>> = {
  traces: {
    sql: 'project_id = ? AND trace_id IN (SELECT value FROM json_each(?))',
    values: (...both) => both,
  },
  session: {
    sql: 'session_key = (SELECT session_key FROM sessions WHERE project_id = ? AND session_id = ?)',
    values: (...both) => both,
  },
  user: {
    sql: `project_id = ? AND user_id = ? AND trace_key IN (
      SELECT trace_key FROM trace_texts JOIN texts USING (text_key)
      WHERE texts.project_id = ? AND kind = ${KINDS.userId} AND value = ?)`,
    values: (...both) => [...both, ...both],
  },
  'ended-before': {
    sql: 'project_id = ? AND start_ms < CAST(? AS REAL) AND end_ms < CAST(? AS REAL)',
    values: (projectId, value) => [projectId, value, value],
  },
};

/**
 * Takes traces out of all that is read: lists, totals, names, search, scores. That is one short transaction after another; the
 * rows below a trace, which nothing can read any more, are left to the `Purger`. What is to be deleted is written down first, so
 * that a crash in the middle does not end it.
 */
export class Deleter {
  readonly #deps: DeleterDeps;
  readonly #texts: TextRows;
  readonly #sessions: SessionRows;
  /** The traces of the deletions that this process was asked for. */
  readonly #counts = new Map<number, number>();
  /** Not used again, unlike a key that SQLite gives: what was begun before a crash is not counted for a later deletion. */
  #nextKey: number;
  readonly #find;
  readonly #request;
  readonly #next;
  readonly #finish;
  readonly #removeTrace;
  readonly #sessionIsThere;
  readonly #annotationsOfTrace;
  readonly #annotationsOfSession;
  readonly #removeAnnotation;
  readonly #purge;
  readonly #stage;

  constructor(deps: DeleterDeps) {
    const { database } = deps;
    this.#deps = deps;
    this.#texts = new TextRows(database);
    this.#sessions = new SessionRows(database, this.#texts, Date.now);
    const find = (kind: Deletion['kind']) =>
      database.prepare(`SELECT trace_id FROM traces WHERE ${FOUND[kind].sql} AND trace_key <= ? LIMIT ${AT_ONCE}`);
    this.#find = {
      traces: find('traces'),
      session: find('session'),
      user: find('user'),
      'ended-before': find('ended-before'),
    };
    const last = database.prepare('SELECT coalesce(max(deletion_key), 0) AS key FROM deletions').get();
    this.#nextKey = (last as { key: number }).key + 1;
    this.#request = database.prepare(
      `INSERT INTO deletions (deletion_key, project_id, kind, value, last_key)
      VALUES (?, ?, ?, ?, coalesce((SELECT max(trace_key) FROM traces), 0))`,
    );
    this.#next = database.prepare('SELECT * FROM deletions ORDER BY deletion_key LIMIT 1');
    this.#finish = database.prepare('DELETE FROM deletions WHERE deletion_key = ?');
    this.#removeTrace = database.prepare('DELETE FROM traces WHERE trace_key = ? RETURNING input, output');
    this.#sessionIsThere = database.prepare('SELECT 1 FROM sessions WHERE project_id = ? AND session_id = ?');
    this.#annotationsOfTrace = database.prepare(
      `SELECT kind, annotation_id FROM annotations WHERE project_id = ? AND trace_id = ?
      UNION SELECT kind, annotation_id FROM annotations WHERE project_id = ? AND trace_id IS NULL
        AND observation_id IN (SELECT observation_id FROM observations WHERE trace_key = ?)`,
    );
    this.#annotationsOfSession = database.prepare(
      'SELECT kind, annotation_id FROM annotations WHERE project_id = ? AND trace_id IS NULL AND session_id = ?',
    );
    this.#removeAnnotation = database.prepare(
      'DELETE FROM annotations WHERE project_id = ? AND kind = ? AND annotation_id = ?',
    );
    this.#purge = database.prepare('INSERT INTO purges (trace_key, project_id, trace_id) VALUES (?, ?, ?)');
    this.#stage = database.prepare('INSERT OR IGNORE INTO purge_stages (stage) VALUES (?)');
  }

  /** Writes down what is to be deleted. Returns its key for `step`. */
  request(projectId: string, what: Deletion): number {
    const key = this.#nextKey;
    inTransaction(this.#deps.database, () => this.#request.run(key, projectId, what.kind, textOf(what)));
    this.#nextKey += 1;
    this.#counts.set(key, 0);
    return key;
  }

  /** Deletes traces of the oldest deletion until `budgetMs` have passed, at least one, in one transaction. */
  step(budgetMs: number): 'more' | 'over' {
    const until = this.#deps.clock() + budgetMs;
    const row = this.#next.get() as DeletionRow | undefined;
    if (row === undefined) return 'over';
    const { digests, database } = this.#deps;
    this.#texts.begin();
    this.#sessions.begin();
    this.#deps.revisions.begin();
    try {
      const traceCount = inTransaction(database, () => this.#delete(row, until));
      const counted = this.#counts.get(row.deletion_key);
      if (counted !== undefined) this.#counts.set(row.deletion_key, counted + traceCount);
      return 'more';
    } catch (error) {
      digests.forget();
      throw error;
    }
  }

  /** Once all is over: the number of traces of a deletion. It is asked once. */
  takeCount(key: number): number {
    const count = this.#counts.get(key) ?? 0;
    this.#counts.delete(key);
    return count;
  }

  #delete({ deletion_key, project_id: projectId, kind, value, last_key }: DeletionRow, until: number): number {
    const found = this.#find[kind].all(...FOUND[kind].values(projectId, value), last_key) as { trace_id: string }[];
    const sessionIds = new Set<string>(kind === 'session' ? [value] : []);
    let deleted = 0;
    for (const { trace_id: traceId } of found) {
      if (deleted > 0 && this.#deps.clock() >= until) break;
      deleted += 1;
      const sessionId = this.#deleteTrace(projectId, traceId);
      if (sessionId !== null) sessionIds.add(sessionId);
    }
    if (found.length > 0) this.#sessions.flush(projectId, this.#deps.revisions.current());
    this.#texts.flush(projectId);
    this.#deps.digests.flush();
    for (const id of sessionIds) {
      if (this.#sessionIsThere.get(projectId, id) !== undefined) continue;
      this.#removeAnnotations(projectId, this.#annotationsOfSession.all(projectId, id) as AnnotationIdRow[]);
    }
    for (const stage of ['contents', 'index', 'words', 'log']) this.#stage.run(stage);
    if (deleted === found.length && deleted < AT_ONCE) this.#finish.run(deletion_key);
    return deleted;
  }

  #deleteTrace(projectId: string, traceId: string): string | null {
    const { traces, tombstones, digests, due, sweepable } = this.#deps;
    const { key, before } = traces.load(projectId, traceId);
    if (before === null) return null;
    this.#removeAnnotations(
      projectId,
      this.#annotationsOfTrace.all(projectId, traceId, projectId, key) as AnnotationIdRow[],
    );
    const recipes = this.#removeTrace.get(key) as { input: string | null; output: string | null };
    sweepable.add(projectId, [recipes.input, recipes.output]);
    this.#sessions.remove(projectId, before);
    this.#texts.replace(projectId, key, before.texts, []);
    digests.remove(key);
    due.forget(key);
    tombstones.add(projectId, 'trace', traceId);
    this.#purge.run(key, projectId, traceId);
    return before.sessionId;
  }

  #removeAnnotations(projectId: string, rows: readonly AnnotationIdRow[]): void {
    for (const { kind, annotation_id: id } of rows) {
      this.#removeAnnotation.run(projectId, kind, id);
      this.#deps.tombstones.add(projectId, kind, id);
    }
  }
}

function textOf(what: Deletion): string {
  switch (what.kind) {
    case 'traces':
      return JSON.stringify(what.traceIds);
    case 'session':
      return what.sessionId;
    case 'user':
      return what.userId;
    case 'ended-before':
      return String(what.endedBeforeMs);
  }
}
