import type { StoredTrace } from '../contract.js';
import { IN_PROJECT } from './conditions.js';
import type { Connection } from './connection.js';
import { inChunks } from './lists.js';

/** What has changed: a session, a trace in its session, or a trace without one. */
export interface Change {
  readonly sessionId: string | null;
  readonly traceId: string | null;
}

/** Revisions of one millisecond, and of these the nodes that are told apart: below 2^53 until the year 2248. */
const OF_A_MS = 1_024;
const NODES = 256;
/** Attempts to number a session that other nodes change all the time. */
const MOST_ATTEMPTS = 5;

/**
 * Numbers the changes of sessions and their traces, over any number of nodes. A number follows the clock. Whoever has seen a session
 * at some number is told of every later change by a greater one: after a change was numbered, the numbers of its sessions are read
 * again, and it gets another where a greater one was there already, since a reader may have seen that one without the change.
 */
export class Revisions {
  readonly #connection: Connection;
  readonly #now: () => number;
  readonly #node: number;
  #last = 0;

  /** @param node tells nodes apart that number in the same moment: 0 to 255. */
  constructor(connection: Connection, now: () => number, node = Math.floor(Math.random() * NODES)) {
    this.#connection = connection;
    this.#now = now;
    this.#node = node;
  }

  /** Numbers a change whose rows are stored, with one number for all. */
  async touch(projectId: string, changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    const sessionIds = [...new Set(changes.flatMap(({ sessionId }) => sessionId ?? []))];
    const keys = new Map<string, { session_id: string; trace_id: string }>();
    const add = (session_id: string, trace_id: string) =>
      keys.set(`${session_id}\0${trace_id}`, { session_id, trace_id });
    for (const sessionId of sessionIds) add(sessionId, '');
    for (const { sessionId, traceId } of changes) if (traceId !== null) add(sessionId ?? '', traceId);
    let after = 0;
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const revision = this.#next(after);
      await this.#connection.insert(
        'revisions',
        [...keys.values()].map((key) => ({ project_id: projectId, ...key, revision })),
      );
      after = Math.max(0, ...(await this.ofSessions(projectId, sessionIds)).values());
      if (after <= revision) return;
    }
  }

  /** The revisions of sessions. One that was never numbered has none. */
  async ofSessions(projectId: string, sessionIds: readonly string[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    for (const ids of inChunks(sessionIds)) {
      const rows = await this.#connection.query<{ session_id: string; last: string | number }>(
        `SELECT session_id, max(revision) AS last FROM revisions
          WHERE ${IN_PROJECT} AND session_id IN {ids:Array(String)} AND trace_id = '' GROUP BY session_id`,
        { project: projectId, ids },
      );
      for (const { session_id, last } of rows) found.set(session_id, Number(last));
    }
    return found;
  }

  /** Traces with their revisions, each that of its session. */
  async numbered<T extends Pick<StoredTrace, 'id' | 'sessionId'>>(
    projectId: string,
    traces: readonly T[],
  ): Promise<(T & { readonly revision: number })[]> {
    const found = new Map<string, number>();
    for (const some of inChunks(traces.map(({ id, sessionId }) => ({ id, sessionId })))) {
      const rows = await this.#connection.query<{ session_id: string; trace_id: string; last: string | number }>(
        `SELECT session_id, trace_id, max(revision) AS last FROM revisions
          WHERE ${IN_PROJECT} AND session_id IN {sessions:Array(String)} AND trace_id IN {traces:Array(String)}
          GROUP BY session_id, trace_id`,
        {
          project: projectId,
          sessions: [...new Set(some.map(({ sessionId = '' }) => sessionId))],
          traces: some.map(({ id }) => id),
        },
      );
      for (const { session_id, trace_id, last } of rows) found.set(`${session_id}\0${trace_id}`, Number(last));
    }
    return traces.map((trace) => ({ ...trace, revision: found.get(`${trace.sessionId ?? ''}\0${trace.id}`) ?? 0 }));
  }

  /** A number that this node has not given yet, greater than another one. */
  #next(after: number): number {
    const least = Math.max(this.#now() * OF_A_MS, after + 1, this.#last + 1);
    this.#last = Math.ceil((least - this.#node) / NODES) * NODES + this.#node;
    return this.#last;
  }
}
