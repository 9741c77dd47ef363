import { randomUUID } from 'node:crypto';
import { IN_PROJECT } from './conditions.js';
import type { Connection } from './connection.js';
import type { ContentSweep } from './content-sweep.js';
import { inChunks } from './lists.js';
import type { MediaSweep } from './media-sweep.js';
import { removal } from './removal.js';
import type { Cluster } from './schema.js';

/** Deleted traces, the sessions that they were ever in, and the sources of pieces that belonged to them alone. */
export interface Purge {
  readonly traceIds: readonly string[];
  readonly sessionIds: readonly string[];
  readonly sourceIds: readonly string[];
}

interface PurgeRow {
  readonly minute: number;
  readonly project_id: string;
  readonly purge_id: string;
  readonly trace_ids: readonly string[];
  readonly session_ids: readonly string[];
  readonly source_ids: readonly string[];
}

export interface PurgerDeps {
  readonly connection: Connection;
  readonly cluster: Cluster;
  readonly contents: ContentSweep;
  readonly media: MediaSweep;
  /** Unix milliseconds now. */
  readonly now: () => number;
}

const MINUTE_MS = 60_000;
/** Seconds before what was deleted is removed: a writer that did not see the tombstone has stored all it will by then. */
const WAIT_S = 600;
/** Deletions that are looked at in one go. */
const MOST_PURGES = 20;
/** Minutes of deletions that are looked at again and again; before, all there are. */
const RECENT_MINUTES = 24 * 60;

/**
 * Removes what is stored of deleted traces from every file: their own rows, older versions of the rows that were computed from them,
 * and contents and media that nothing else has. The tombstones stay, and the ids in dead rows.
 */
export class Purger {
  readonly #deps: PurgerDeps;
  #hasLookedAtAll = false;

  constructor(deps: PurgerDeps) {
    this.#deps = deps;
  }

  /** Writes down what is to be removed. */
  async add(projectId: string, { traceIds, sessionIds, sourceIds }: Purge): Promise<void> {
    const minute = Math.floor(this.#deps.now() / MINUTE_MS);
    const row: PurgeRow = {
      ...{ minute, project_id: projectId, purge_id: randomUUID() },
      ...{ trace_ids: traceIds, session_ids: sessionIds, source_ids: sourceIds },
    };
    await this.#deps.connection.insert('purges', [{ ...row, is_done: 0 }]);
  }

  /** Removes what was deleted so many seconds ago. Any number of nodes may do so at once. */
  async purge(waitS = WAIT_S): Promise<void> {
    const { connection, contents, media } = this.#deps;
    for (;;) {
      const rows = await this.#due(waitS);
      for (const row of rows) {
        await this.#purge(row);
        await connection.insert('purges', [{ ...row, is_done: 1 }]);
      }
      if (rows.length < MOST_PURGES) break;
    }
    this.#hasLookedAtAll = true;
    await contents.sweep();
    await media.sweep();
  }

  #due(waitS: number): Promise<PurgeRow[]> {
    const since = this.#hasLookedAtAll ? Math.floor(this.#deps.now() / MINUTE_MS) - RECENT_MINUTES : 0;
    return this.#deps.connection.query<PurgeRow>(
      `SELECT minute, project_id, purge_id, trace_ids, session_ids, source_ids FROM purges FINAL
        WHERE minute >= {since:UInt32} AND is_done = 0 AND marked <= now() - {wait:UInt32} LIMIT ${MOST_PURGES}`,
      { since, wait: waitS },
    );
  }

  async #purge({ project_id: project, trace_ids, session_ids, source_ids }: PurgeRow): Promise<void> {
    const { connection, cluster, contents, media } = this.#deps;
    const remove = (table: string, where: string, parameters: Readonly<Record<string, readonly string[]>>) =>
      connection.command(removal(table, cluster, `${IN_PROJECT} AND ${where}`), { project, ...parameters });
    await media.note(project, trace_ids, source_ids);
    await contents.note(project, trace_ids, source_ids);
    for (const traces of inChunks(trace_ids)) {
      const ofTraces = 'trace_id IN {traces:Array(String)}';
      for (const table of ['observations', 'statements', 'trace_digests', 'pieces', 'pieces_of_traces', 'log_events']) {
        await remove(table, ofTraces, { traces });
      }
      await remove('traces', `${ofTraces} AND is_alive = 1`, { traces });
      for (const sessions of inChunks(session_ids)) {
        const ofBoth = `session_id IN {sessions:Array(String)} AND ${ofTraces}`;
        await remove('session_traces', `${ofBoth} AND summary != ''`, { sessions, traces });
      }
    }
    for (const sources of inChunks(source_ids)) {
      await remove('pieces', "trace_id = '' AND source_id IN {sources:Array(String)}", { sources });
    }
    for (const sessions of inChunks(session_ids)) await this.#removeOlder(project, sessions);
  }

  /** Versions of sessions that are not the current ones: they name what the deleted traces said. */
  async #removeOlder(project: string, ids: readonly string[]): Promise<void> {
    const { connection, cluster } = this.#deps;
    const rows = await connection.query<{ session_id: string; current: string }>(
      `SELECT session_id, toString(max(version)) AS current FROM sessions
        WHERE ${IN_PROJECT} AND session_id IN {sessions:Array(String)} GROUP BY session_id HAVING count() > 1`,
      { project, sessions: ids },
    );
    if (rows.length === 0) return;
    const sessions = rows.map(({ session_id }) => session_id);
    const versions = rows.map(({ current }) => `toUInt256('${current}')`).join(', ');
    const isOlder = `version < [${versions}][indexOf({sessions:Array(String)}, session_id)]`;
    const where = `${IN_PROJECT} AND session_id IN {sessions:Array(String)} AND ${isOlder}`;
    await connection.command(removal('sessions', cluster, where), { project, sessions });
  }
}
