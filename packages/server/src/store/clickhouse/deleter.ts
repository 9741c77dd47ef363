import type { Annotation } from '../annotations.js';
import type { Deletion } from '../retention.js';
import type { AnnotationRows } from './annotation-rows.js';
import { type Conditions, IN_PROJECT, TRACES_OF_SESSION } from './conditions.js';
import type { Connection } from './connection.js';
import { inChunks } from './lists.js';
import type { PendingWrites } from './pending-writes.js';
import type { PieceRows } from './piece-rows.js';
import type { Purger } from './purger.js';
import type { Tombstones } from './tombstones.js';
import type { ClickhouseWriter } from './writer.js';

export interface DeleterDeps {
  readonly connection: Connection;
  readonly writer: ClickhouseWriter;
  readonly pending: PendingWrites;
  readonly tombstones: Tombstones;
  readonly annotations: AnnotationRows;
  readonly pieces: PieceRows;
  readonly purger: Purger;
}

interface FoundTrace {
  readonly trace_id: string;
  readonly session_id: string;
}

/**
 * Deletes traces: first their tombstones, then the rows that are computed from them, as dead ones. Whoever stores more of a trace at
 * the same time either is seen by this, or sees the tombstone when it computes; so a trace stays deleted whichever node was first.
 * What is below the tombstones nobody reads any more; the `Purger` removes it.
 */
export class Deleter {
  readonly #deps: DeleterDeps;

  constructor(deps: DeleterDeps) {
    this.#deps = deps;
  }

  /** @returns the number of traces that were deleted. */
  async deleteTraces(projectId: string, what: Deletion): Promise<number> {
    const traces = await this.#find(projectId, what);
    const sessionIds = new Set(traces.flatMap(({ session_id }) => (session_id === '' ? [] : session_id)));
    if (what.kind === 'session') sessionIds.add(what.sessionId);
    for (const some of inChunks(traces)) {
      await this.#deleteSome(
        projectId,
        some.map(({ trace_id }) => trace_id),
      );
    }
    await this.#deleteOfEmptySessions(projectId, [...sessionIds]);
    return traces.length;
  }

  async #find(projectId: string, what: Deletion): Promise<FoundTrace[]> {
    const found: FoundTrace[] = [];
    for (const { sql, parameters } of conditionsOf(what)) {
      const rows = await this.#deps.connection.query<FoundTrace>(
        `SELECT trace_id, session_id FROM traces FINAL WHERE ${[IN_PROJECT, 'is_alive = 1', ...sql].join(' AND ')}`,
        { project: projectId, ...parameters },
      );
      found.push(...rows);
    }
    return found;
  }

  async #deleteSome(projectId: string, traceIds: readonly string[]): Promise<void> {
    const { writer, pending, tombstones, annotations, pieces, purger } = this.#deps;
    // A node that ends in the middle leaves this to the others.
    const write = await pending.begin(projectId, traceIds);
    const sourceIds = await pieces.sourcesOfOnly(projectId, traceIds);
    const [on] = await Promise.all([
      annotations.ofTraces(projectId, traceIds),
      tombstones.add(projectId, 'source', sourceIds),
      tombstones.add(projectId, 'trace', traceIds),
    ]);
    const { sessionIds } = await writer.compute(projectId, traceIds);
    await this.#deleteAnnotations(projectId, on);
    await purger.add(projectId, { traceIds, sessionIds, sourceIds });
    pending.finish(write);
  }

  /** The scores and comments on sessions that have no trace left. */
  async #deleteOfEmptySessions(projectId: string, sessionIds: readonly string[]): Promise<void> {
    const { connection, annotations } = this.#deps;
    for (const ids of inChunks(sessionIds)) {
      const alive = await connection.query<{ session_id: string }>(
        `SELECT DISTINCT session_id FROM session_traces FINAL
          WHERE ${IN_PROJECT} AND session_id IN {ids:Array(String)} AND is_alive = 1`,
        { project: projectId, ids },
      );
      const left = new Set(alive.map(({ session_id }) => session_id));
      const empty = ids.filter((id) => !left.has(id));
      if (empty.length > 0) await this.#deleteAnnotations(projectId, await annotations.ofSessions(projectId, empty));
    }
  }

  async #deleteAnnotations(projectId: string, all: readonly Pick<Annotation, 'kind' | 'id'>[]): Promise<void> {
    for (const kind of ['score', 'comment'] as const) {
      const ids = all.flatMap((each) => (each.kind === kind ? each.id : []));
      await this.#deps.tombstones.add(projectId, kind, ids);
      await this.#deps.annotations.remove(projectId, kind, ids);
    }
  }
}

/** How the traces are found, in as many queries as there are conditions. */
function conditionsOf(what: Deletion): Conditions[] {
  switch (what.kind) {
    case 'traces':
      return [...inChunks([...new Set(what.traceIds)])].map((ids) => ({
        sql: ['trace_id IN {ids:Array(String)}'],
        parameters: { ids },
      }));
    case 'session':
      return [{ sql: [`trace_id IN (${TRACES_OF_SESSION})`], parameters: { session: what.sessionId } }];
    case 'user':
      // The column is empty for a trace without a user as well.
      return [{ sql: ["user_id = {user:String} AND JSONHas(shown, 'userId')"], parameters: { user: what.userId } }];
    case 'ended-before':
      return [
        {
          sql: ['start_ms < {before:Float64} AND end_ms < {before:Float64}'],
          parameters: { before: what.endedBeforeMs },
        },
      ];
  }
}
