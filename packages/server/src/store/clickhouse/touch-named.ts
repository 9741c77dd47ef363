import { IN_PROJECT, TRACES_OF_SESSION } from './conditions.js';
import type { Connection } from './connection.js';
import { inChunks } from './lists.js';
import type { Change, Revisions } from './revisions.js';

export interface TouchNamedDeps {
  readonly connection: Connection;
  readonly revisions: Revisions;
}

/**
 * Numbers what changed by a score, a comment or a log event: the traces that they name, in the sessions that these are in, and the
 * sessions that they name themselves. Gives the traces that the other nodes are to be told of.
 */
export async function touchNamed(deps: TouchNamedDeps, projectId: string, named: readonly Change[]): Promise<string[]> {
  const { connection, revisions } = deps;
  const traceIds = [...new Set(named.flatMap(({ traceId }) => traceId ?? []))];
  const changes: Change[] = named.flatMap(({ sessionId }) => (sessionId === null ? [] : { sessionId, traceId: null }));
  const told = [...traceIds];
  for (const ids of inChunks(traceIds)) {
    const rows = await connection.query<{ trace_id: string; session_id: string }>(
      `SELECT trace_id, session_id FROM traces FINAL
        WHERE ${IN_PROJECT} AND trace_id IN {ids:Array(String)} AND is_alive = 1`,
      { project: projectId, ids },
    );
    for (const { trace_id, session_id } of rows) changes.push({ traceId: trace_id, sessionId: session_id || null });
  }
  for (const session of new Set(
    changes.flatMap(({ sessionId, traceId }) => (traceId === null ? (sessionId ?? []) : [])),
  )) {
    // Followers of a session are told of one of its traces.
    const [row] = await connection.query<{ trace_id: string }>(`${TRACES_OF_SESSION} LIMIT 1`, {
      project: projectId,
      session,
    });
    if (row !== undefined) told.push(row.trace_id);
  }
  await revisions.touch(projectId, changes);
  return told;
}
