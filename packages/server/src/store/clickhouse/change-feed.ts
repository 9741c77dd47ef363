import { groupBy } from '@powerrag/protocol';
import type { ChangeWatcher, StoredChange } from '../contract.js';
import { StoreUnavailable } from '../unavailable.js';
import type { Connection } from './connection.js';
import { inChunks } from './lists.js';

/** Milliseconds between two looks. */
const LOOK_EVERY_MS = 1_000;
/** Seconds before the latest row that was seen in which others may still appear: on another replica, or by an insert that took long. */
const LATE_S = 10;
/** Minutes that a write may take from its begin to its end. */
const LONGEST_WRITE_MINUTES = 60;

interface FinishedRow {
  readonly write_id: string;
  readonly project_id: string;
  readonly trace_ids: readonly string[];
  /** Unix seconds of the server. */
  readonly at: number;
}

/**
 * Tells of the writes that any server finished, each once, within about two seconds. Reads nothing while nobody wants to know.
 *
 * @returns ends it.
 */
export function watchWrites(connection: Connection, { isWanted, told }: ChangeWatcher): () => Promise<void> {
  const seen = new Map<string, number>();
  /** Unix seconds of the server; null when nobody wanted to know. */
  let since: number | null = null;

  async function look(): Promise<void> {
    if (!isWanted()) {
      since = null;
      seen.clear();
      return;
    }
    since ??= await timeOf(connection);
    const rows = (await finishedWrites(connection, since - LATE_S)).filter(({ write_id }) => !seen.has(write_id));
    for (const { write_id, at } of rows) {
      seen.set(write_id, at);
      since = Math.max(since, at);
    }
    for (const [id, at] of seen) if (at < since - 2 * LATE_S) seen.delete(id);
    for (const [projectId, ofProject] of groupBy(rows, ({ project_id }) => project_id)) {
      const traceIds = new Set(ofProject.flatMap(({ trace_ids }) => trace_ids));
      told(projectId, await withSessions(connection, projectId, [...traceIds]));
    }
  }

  let looking: Promise<void> = Promise.resolve();
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    looking = look()
      .catch((error: unknown) => {
        // Said in the log by the connection; the next look reads the same.
        if (!(error instanceof StoreUnavailable)) throw error;
      })
      .finally(() => {
        isLooking = false;
      });
  }, LOOK_EVERY_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await looking;
  };
}

async function timeOf(connection: Connection): Promise<number> {
  const [row] = await connection.query<{ at: number }>('SELECT toUnixTimestamp(now()) AS at');
  return Number(row?.at ?? 0);
}

function finishedWrites(connection: Connection, since: number): Promise<FinishedRow[]> {
  return connection.query<FinishedRow>(
    `SELECT write_id, project_id, trace_ids, toUnixTimestamp(marked) AS at FROM writes
      WHERE minute >= {minute:UInt32} AND is_done = 1 AND marked >= toDateTime({since:UInt32})`,
    { minute: Math.floor(since / 60) - LONGEST_WRITE_MINUTES, since },
  );
}

async function withSessions(
  connection: Connection,
  projectId: string,
  traceIds: readonly string[],
): Promise<StoredChange[]> {
  const changes: StoredChange[] = [];
  for (const ids of inChunks(traceIds)) {
    const rows = await connection.query<{ trace_id: string; session_id: string }>(
      `SELECT trace_id, session_id FROM traces FINAL
        WHERE project_id = {project:String} AND trace_id IN {ids:Array(String)}`,
      { project: projectId, ids },
    );
    for (const { trace_id, session_id } of rows) {
      changes.push({ traceId: trace_id, trace: session_id === '' ? {} : { sessionId: session_id } });
    }
  }
  return changes;
}
